import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spamtrap } from '../program/spamtrap.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const usual = ['setup-postfix', '--mode', 'domains', '--domains', 'example.org', '--prefix', 'debian'];

function records(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('spamtrap setup-postfix', () => {
  it('shows what it would do and writes nothing', () => {
    const out = join(temporaryDirectory(), 'postfix');
    const { status, stdout } = spamtrap([...usual, '--out', out]);
    expect(status).toBe(0);
    expect(stdout).toContain(`new        ${out}/main.cf\n--- /dev/null\n+++ b/main.cf\n`);
    expect(stdout).toContain('+example.org lmtp:inet:[127.0.0.1]:6024\n');
    expect(stdout).toContain('Nothing was written.');
    expect(stdout).toContain('swaks --server mail.example.org:25');
    expect(stdout).not.toContain('PRIVATE KEY');
    expect(existsSync(out)).toBe(false);
  });

  it('writes with --apply, then has nothing to do, then keeps what it replaces', () => {
    const out = join(temporaryDirectory(), 'postfix');
    const first = spamtrap([...usual, '--out', out, '--apply']);
    expect(first.status).toBe(0);
    expect(first.stdout).toContain(`written    ${out}/main.cf\n`);
    const names = readdirSync(out).toSorted();
    expect(names).toEqual([
      'DNS.txt',
      'README.md',
      'compose.yml',
      'firewall.iptables.sh',
      'firewall.nft',
      'main.cf',
      'master.cf',
      'relay_domains',
      'tls.pem',
      'transport',
    ]);
    const again = spamtrap([...usual, '--out', out, '--apply']);
    expect(again.stdout).toContain(`Nothing has to change in ${out}.`);
    expect(again.stdout).not.toContain('written');
    expect(readdirSync(out).toSorted()).toEqual(names);
    const other = spamtrap([...usual, '--out', out, '--apply', '--message-size', '20 MiB']);
    const [, backup] = /main\.cf, before: (.*\.bak)/.exec(other.stdout)!;
    expect(readFileSync(backup!, 'utf8')).toContain('message_size_limit = 52428800');
    expect(readFileSync(join(out, 'main.cf'), 'utf8')).toContain('message_size_limit = 20971520');
  });

  it('tells programs the same as JSON: each file, and the result', () => {
    const out = join(temporaryDirectory(), 'postfix');
    const planned = records(spamtrap([...usual, '--out', out, '--json']).stdout);
    const main = planned.find(({ file }) => file === 'main.cf');
    expect(main).toMatchObject({ path: join(out, 'main.cf'), state: 'new', access: '0644' });
    expect(main!['diff']).toMatch(/^--- \/dev\/null\n/);
    expect(planned.find(({ file }) => file === 'tls.pem')).not.toHaveProperty('diff');
    expect(planned.at(-1)).toMatchObject({
      result: 'planned',
      mode: 'domains',
      folder: out,
      reload: 'systemctl reload postfix',
    });
    expect(records(spamtrap([...usual, '--out', out, '--json', '--apply']).stdout).at(-1)).toMatchObject({
      result: 'written',
    });
    writeFileSync(join(out, 'transport'), '');
    const changed = records(spamtrap([...usual, '--out', out, '--json', '--apply']).stdout);
    expect(changed.filter(({ state }) => state === 'changed')).toEqual([
      expect.objectContaining({ file: 'transport', backup: expect.stringMatching(/transport\.\d{8}T\d{6}Z\.bak$/) }),
    ]);
    expect(records(spamtrap([...usual, '--out', out, '--json', '--apply']).stdout).at(-1)).toMatchObject({
      result: 'unchanged',
    });
  });

  it('takes lists with commas, repeatedly, and from the environment', () => {
    const out = join(temporaryDirectory(), 'postfix');
    const rows = (stdout: string) => stdout.match(/^\+\S+ OK$/gm);
    const both = [
      'setup-postfix',
      '--mode',
      'domains',
      '--out',
      out,
      '--domains',
      'a.example, b.example',
      '--domains',
      'c.example',
    ];
    expect(rows(spamtrap(both).stdout)).toEqual(['+a.example OK', '+b.example OK', '+c.example OK']);
    const env = {
      SPAMTRAP_POSTFIX_MODE: 'domains',
      SPAMTRAP_POSTFIX_DOMAINS: 'a.example,b.example',
      SPAMTRAP_POSTFIX_OUT: out,
    };
    expect(rows(spamtrap(['setup-postfix'], env).stdout)).toEqual(['+a.example OK', '+b.example OK']);
  });

  it('says what is wrong and ends with 2', () => {
    const { status, stderr } = spamtrap(['setup-postfix', '--mode', 'domains', '--domains', 'example.org$']);
    expect(status).toBe(2);
    expect(stderr).toBe(
      'spamtrap: --domains: "example.org$" is no domain name.\nWrite domains such as example.org, with commas between.\n',
    );
    const missing = spamtrap(['setup-postfix']);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('mode');
  });

  it('never shows a password, and keeps it from others', () => {
    const folder = temporaryDirectory();
    const [out, password] = [join(folder, 'postfix'), join(folder, 'password')];
    writeFileSync(password, 'correct horse\n');
    const server = `setup-postfix --mode mailserver --domains example.org --self-signed --out ${out}`;
    const login = `--relayhost smtp.example.com --relayhost-user adam --relayhost-password-file ${password}`;
    const words = `${server} ${login}`.split(' ');
    for (const further of [[], ['--json'], ['--apply']]) {
      const { status, stdout, stderr } = spamtrap([...words, ...further]);
      expect(status).toBe(0);
      expect(stdout + stderr).not.toContain('horse');
    }
    expect(readFileSync(join(out, 'sasl_passwd'), 'utf8')).toContain('[smtp.example.com]:587 adam:correct horse\n');
  });
});
