import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { smallSegments, type Page } from './crash.ts';
import { Ledger } from './ledger.ts';

// What is written beside the journal about its readers can be lost or wrong. The journal is the truth: an output then
// begins again, which the records show as a repetition and the maildir not at all.

const ahead = (text: string) => text.replace(/"segment":(\d+)/, (_, number) => `"segment":${Number(number) + 3}`);
const astray = (text: string) => text.replace(/"offset":(\d+)/, (_, number) => `"offset":${Number(number) - 8}`);

const outputs = ['maildir', 'jsonl'];

describe('a cursor file', () => {
  test.each<[string, (text: string) => string]>([
    ['is empty', () => ''],
    ['is garbage', () => '\0\u0001{"checkpoint":'],
    ['holds no place', (text) => text.replaceAll(/\d+/g, '"one"')],
    ['is ahead of the journal', ahead],
    ['points into a message', astray],
  ])('that %s lets its output begin again, and doubles nothing in the maildir', async (_, spoil) => {
    const page = await somePage();
    for (const name of outputs) {
      change(page, `${name}.json`, spoil);
      change(page, `${name}.position`, spoil);
    }
    const sensor = await goOn(page);
    const restarted = sensor.told('output.restarted').map(({ output }) => output);
    expect(restarted.sort()).toEqual(outputs.toSorted());
    await page.ledger.expectToBeKeptIn(page.dataDir);
  });

  test('that is newer than a checkpoint but not readable costs nothing but a repetition', async () => {
    const page = await somePage();
    for (const name of outputs) change(page, `${name}.position`, (text) => text.slice(0, text.length / 2));
    const sensor = await goOn(page);
    expect(sensor.told('output.restarted')).toEqual([]);
    await page.ledger.expectToBeKeptIn(page.dataDir);
  });

  test('of another start of the machine is not trusted, because its files may be gone', async () => {
    const page = await somePage();
    const bootId = (text: string) => text.replace(/"boot":"[^"]*"/, '"boot":"another"');
    for (const name of outputs) {
      change(page, `${name}.position`, bootId);
      change(page, `${name}.json`, (text) =>
        text.replace(/"checkpoint":.*?\}(,"id":"\w+")?(,"since":"\w+")?\}/, origin),
      );
    }
    const sensor = await goOn(page);
    const opened = sensor.told('output.opened').map(({ output, segment }) => ({ output, segment }));
    expect(opened).toEqual(expect.arrayContaining(outputs.map((output) => ({ output, segment: 0 }))));
    await page.ledger.expectToBeKeptIn(page.dataDir);
  });
});

const origin = '"checkpoint":{"position":{"segment":0,"offset":0}}';

async function somePage(): Promise<Page> {
  const dataDir = newDataDir();
  const ledger = new Ledger();
  const sensor = await Sensor.start({ dataDir, config: smallSegments });
  ledger.write(await sendOver(sensor.port, 3, ledger.letters(15)));
  expect(await sensor.stop()).toMatchObject({ code: 0 });
  expect(ledger.acknowledged).toHaveLength(15);
  return { dataDir, ledger };
}

function change({ dataDir }: Page, name: string, to: (text: string) => string): void {
  const path = join(dataDir, 'journal', 'readers', name);
  const before = readFileSync(path, 'utf8');
  const after = to(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

async function goOn({ dataDir, ledger }: Page): Promise<Sensor> {
  const sensor = await Sensor.start({ dataDir, config: smallSegments });
  ledger.write(await sendOver(sensor.port, 1, ledger.letters(1)));
  const { id } = await sensor.event('capture.accepted');
  await sensor.handedOn(id);
  expect(await sensor.stop()).toMatchObject({ code: 0 });
  return sensor;
}
