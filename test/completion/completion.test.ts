import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completion } from '../../src/lib/setup/completion.ts';
import { vocabularyOf, type ManifestParts } from '../../src/lib/setup/completion/vocabulary.ts';
import { manPage } from '../../src/lib/setup/man-page.ts';
import { peer } from '../support/peers.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const { commands } = JSON.parse(read('oclif.manifest.json')) as Pick<ManifestParts, 'commands'>;
const { version, oclif } = JSON.parse(read('package.json')) as {
  readonly version: string;
  readonly oclif: Pick<ManifestParts, 'topics'>;
};
const manifest: ManifestParts = { commands, topics: oclif.topics };
const vocabulary = vocabularyOf(manifest);

const home = mkdtempSync(join(tmpdir(), 'spamtrap-completion-'));
afterAll(() => rmSync(home, { recursive: true }));
for (const shell of ['bash', 'zsh', 'fish'] as const) writeFileSync(join(home, shell), completion(shell, vocabulary));
mkdirSync(join(home, 'folder'));
writeFileSync(join(home, 'folder', 'trap.yml'), '');

function run(shell: string, ...args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TERM: 'dumb' },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** What is offered for the last of these words. */
type Complete = (...words: readonly string[]) => string[];

const inBash: Complete = (...words) => {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `. ./bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _spamtrap; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', '--norc', '-c', script);
};

// What would be shown is told instead: zsh completes only on a terminal.
const inZsh: Complete = (...words) => {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `
    compdef() { : }
    . ./zsh
    _describe() { print -l -- "\${(@)\${(P)2}%%:*}" | command grep -e "^$current" || : }
    compadd() { shift; print -l -- "$@" }
    _files() { print -l -- \${current}*(N) }
    _message() { : }
    words=(${quoted}); CURRENT=${words.length}; current=\${words[CURRENT]}
    _spamtrap`;
  return run('zsh', '-f', '-c', script);
};

const inFish: Complete = (...words) => {
  const line = words.join(' ');
  const script = `source ./fish; complete -C'${line}'`;
  return run('fish', '--no-config', '-c', script).map((offer) => offer.split('\t')[0]!);
};

const shells = [
  ['bash', inBash, ['bash'].slice(1)],
  ['zsh', inZsh, ['zsh']],
  ['fish', inFish, ['fish']],
] as const;

describe.each(shells)('%s', (shell, complete, packages) => {
  peer(...packages)(`completes in ${shell}`, () => {
    it('commands, and those behind them', () => {
      expect(complete('spamtrap', 'ser')).toEqual(['serve', 'serve-lmtp', 'serve-relay']);
      expect(complete('spamtrap', 'jour')).toEqual(['journal']);
      expect(complete('spamtrap', 'outputs', 're').toSorted()).toEqual(['replay', 'resume', 'rewind']);
      expect(complete('spamtrap', 'outputs', 'quarantine', 'l')).toEqual(['list']);
      expect(complete('spamtrap', '--json', 'mailboxes', 'st')).toEqual(['status']);
    });

    it('flags of the command that is typed', () => {
      expect(complete('spamtrap', 'serve', '--no')).toEqual(['--no-tui']);
      expect(complete('spamtrap', 'demo', '--s').toSorted()).toEqual(['--seconds', '--seed']);
      expect(complete('spamtrap', 'monitor', '--with')).toEqual([]);
    });

    it('values of flags and arguments that are choices', () => {
      expect(complete('spamtrap', 'doctor', '--for', 'serve-l')).toContain('serve-lmtp');
      expect(complete('spamtrap', 'verify', 'imap', '--tls', '').toSorted()).toEqual(['implicit', 'none', 'starttls']);
      expect(complete('spamtrap', 'completion', 'f')).toEqual(['fish']);
    });

    it('files where a flag takes one', () => {
      expect(complete('spamtrap', 'serve', '--config', 'fol')[0]).toMatch(/^folder\/?$/);
    });
  });
});

describe('the words of completion', () => {
  it('are all commands that are not hidden, and nothing that a shell acts on', () => {
    expect(vocabulary.commands.map(({ words }) => words)).toContain('outputs quarantine list');
    const plain = /^[\w -]+$/;
    for (const { words, flags } of vocabulary.commands) {
      expect(words).toMatch(plain);
      for (const { name } of flags) expect(name).toMatch(plain);
    }
  });

  it('stay words where their description is hostile', () => {
    const about = `it's $(touch owned) \`touch owned\` "x" \\ : end`;
    const hostile = vocabularyOf({
      commands: {
        evil: { id: 'evil', summary: about, flags: { one: { name: 'one', type: 'boolean', description: about } } },
      },
      topics: {},
    });
    for (const shell of ['bash', 'zsh', 'fish'] as const)
      writeFileSync(join(home, `${shell}-evil`), completion(shell, hostile));
    expect(
      run(
        'bash',
        '--norc',
        '-c',
        '. ./bash-evil; COMP_WORDS=(spamtrap ev); COMP_CWORD=1; _spamtrap; echo $COMPREPLY; ls owned 2>/dev/null',
      ),
    ).toEqual(['evil']);
  });
});

describe('the manual', () => {
  it('is up to date', () => {
    expect(read('man/spamtrap.1')).toBe(manPage(manifest, version));
  });

  peer('groff-base')('for groff', () => {
    it('is right, and tells of every command', () => {
      const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-rLL=100n'], {
        input: read('man/spamtrap.1'),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      // eslint-disable-next-line no-control-regex
      const text = stdout.replaceAll(/\u001b\[[\d;]*m|.\u0008/g, '');
      for (const { words } of vocabulary.commands) expect(text).toContain(`\n   ${words}\n`);
      expect(text).toContain('SPAMTRAP_');
    });
  });
});
