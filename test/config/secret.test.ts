import { chmodSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/lib/errors.ts';
import { load } from '../../src/lib/config/load.ts';
import { settingRecords, settingTable } from '../../src/lib/config/show.ts';
import { listOf } from '../../src/lib/config/words/list.ts';
import { secret } from '../../src/lib/config/words/secret.ts';
import { computed, group, optional } from '../../src/lib/config/words/setting.ts';
import { text } from '../../src/lib/config/words/text.ts';
import { configFault, type Place, placeWith } from './place.ts';

const schema = group('', {
  account: group('A mailbox.', {
    user: optional(text, { about: 'Who.', words: 'nobody', example: 'me' }),
    password: optional(secret, { about: 'Password.', words: 'none', example: '' }),
    others: optional(listOf(secret), { about: 'More.', words: 'none', example: '' }),
    token: computed(text, { about: 'Word.', words: 'none', example: '', from: () => 'none' }),
  }),
});

function password(machine: Place): Promise<string> {
  const { settings } = load(schema, { machine });
  return settings.account.password!.resolve();
}

describe('a secret', () => {
  it('may be the text itself', async () => {
    expect(await password(placeWith('account: {password: "hunter2"}'))).toBe('hunter2');
    const machine = placeWith('');
    machine.env['SPAMTRAP_ACCOUNT_PASSWORD'] = 'hunter3';
    expect(await password(machine)).toBe('hunter3');
  });

  it('may come from a variable, which is read when the secret is needed', async () => {
    const machine = placeWith('account: {password: {env: MAIL_PASSWORD}}');
    const { settings } = load(schema, { machine });
    machine.env['MAIL_PASSWORD'] = 'hunter2';
    expect(await settings.account.password!.resolve()).toBe('hunter2');
  });

  it('may come from a file beside the configuration, without the line break at its end', async () => {
    const machine = placeWith('account: {password: {file: keys/mail}}');
    machine.write('work/keys/mail', 'hunter2 \n');
    expect(await password(machine)).toBe('hunter2 ');
  });

  it.each([
    ['a list', '[printf, "%s|", "a b", "$HOME", ";"]', 'a b|$HOME|;|'],
    ['a text that blanks separate', '"printf %s|  a   $HOME ;"', 'a|$HOME|;|'],
  ])('may come from a command as %s, and no shell reads it', async (_, command, expected) => {
    expect(await password(placeWith(`account: {password: {command: ${command}}}`))).toBe(expected);
  });

  it('may come from a program beside the configuration', async () => {
    const machine = placeWith('account: {password: {command: [./mail-password]}}');
    chmodSync(machine.write('work/mail-password', '#!/bin/sh\necho "hunter2 for $(pwd)"\n'), 0o755);
    expect(await password(machine)).toBe(`hunter2 for ${machine.cwd}`);
  });

  it.each([
    ['{env: UNSET}', 'the variable UNSET is not set'],
    ['{file: missing}', /missing cannot be read \(ENOENT\)/],
    ['{file: /dev/zero}', 'larger than 65536 bytes'],
    ['{file: /dev/null}', 'it is empty'],
    ['{command: [sh, -c, "echo hunter2; echo hunter2 >&2; exit 3"]}', 'the command sh failed (status 3)'],
    ['{command: [no-such-program, hunter2]}', 'the command no-such-program failed (ENOENT)'],
    ['{command: [sh, -c, "kill -9 $$; # hunter2"]}', 'the command sh failed (signal SIGKILL)'],
    ['{command: [yes, hunter2]}', /the command yes failed/],
  ])('that is not to be had is a fault that names its place and not the secret: %s', async (source, problem) => {
    const thrown: unknown = await password(placeWith(`account: {password: ${source}}`)).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(Fault);
    const fault = thrown as Fault;
    expect(fault.message).toContain('the secret account.password (trap.yml:1:21)');
    expect(fault.message).toMatch(problem);
    expect(inspect(fault, { depth: 10 })).not.toContain('hunter2');
  });

  it('is never shown', () => {
    const machine = placeWith('account: {user: me, password: hunter2, others: [hunter2, {command: echo hunter2}]}');
    const loaded = load(schema, { machine });
    const seen = [
      inspect(loaded, { depth: 10, showHidden: true }),
      JSON.stringify(loaded),
      JSON.stringify(settingRecords(loaded, schema)),
      inspect(settingRecords(loaded, schema), { depth: 10 }),
      settingTable(loaded, schema),
      `${String(loaded.settings.account.password)} ${Object.values(loaded.settings.account.password!).join(' ')}`,
    ];
    for (const text of seen) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('(secret)');
    }
  });

  it.each([
    'account: hunter2',
    'account: [hunter2]',
    'account: {pasword: hunter2}',
    'account: {password: [hunter2]}',
    'account: {password: {text: hunter2}}',
    'account: {password: {env: hunter2!}}',
    'account: {password: {command: {run: hunter2}}}',
    'account: {password: {file: [hunter2]}}',
    'account: {others: [{x: hunter2}]}',
    'account: {password: a, password: hunter2}',
    'account: {password: !hunter2 x}',
    'account: {password: "hunter2}',
    'account: {password: hunter2: x}',
  ])('is not shown by a fault either: %s', (yaml) => {
    const fault = configFault(() => load(schema, { machine: placeWith(yaml) }));
    expect(inspect(fault, { depth: 10 })).not.toContain('hunter2');
    expect(fault.message).toMatch(/^trap\.yml:1:\d+: /);
  });
});
