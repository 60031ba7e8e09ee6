import { expect, it } from 'vitest';
import { loadConfig } from '../../src/lib/config/load.ts';
import { settingRecords, settingTable } from '../../src/lib/config/show.ts';
import { placeWith } from './place.ts';

const yaml =
  'relay: {bind: [127.0.0.1, "::1"], limits: {idle: 90s}}\njournal: {maxSize: 1GB}\noutputs: {keep: {type: jsonl}}\n';

it('shows people every key in columns, with sizes and durations as they would write them', () => {
  const machine = placeWith(yaml);
  machine.env['SPAMTRAP_SENSOR_NAME'] = 'nördlich';
  const table = settingTable(loadConfig({ machine }));
  const rows = table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows).toContainEqual(['dataDir', '(<user state dir>/spamtrap/<command>)', 'default']);
  expect(rows).toContainEqual(['sensor.name', 'nördlich', 'env SPAMTRAP_SENSOR_NAME']);
  expect(rows).toContainEqual(['relay.bind', '127.0.0.1, ::1', 'trap.yml:1:15']);
  expect(rows).toContainEqual(['relay.limits.idle', '1.5m', 'trap.yml:1:50']);
  expect(rows).toContainEqual(['lmtp.limits.messageSize', '64 MiB', 'default']);
  expect(rows).toContainEqual(['journal.maxSize', '1000000000 B', 'trap.yml:2:20']);
  expect(rows).toContainEqual(['outputs.keep.type', 'jsonl', 'trap.yml:3:24']);
  expect(
    new Set(
      table
        .trimEnd()
        .split('\n')
        .map((line) => line.lastIndexOf('  ')),
    ).size,
  ).toBe(1);
});

it('gives scripts plain values: bytes, milliseconds, and null for what nobody set', () => {
  const records = settingRecords(loadConfig({ machine: placeWith(yaml) }));
  expect(records).toContainEqual({ key: 'dataDir', value: null, origin: 'default' });
  expect(records).toContainEqual({ key: 'relay.limits.idle', value: 90_000, origin: 'trap.yml:1:50' });
  expect(records).toContainEqual({ key: 'journal.maxSize', value: 1e9, origin: 'trap.yml:2:20' });
  expect(records).toContainEqual({ key: 'outputs.keep.required', value: false, origin: 'default' });
});
