import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { usualPath } from '../ask-program.ts';
import type { DialectName, RunAs } from './site.ts';

/** Which dialect the Dovecot of this machine speaks; undefined where there is none. */
export function installedDialect(path = usualPath): DialectName | undefined {
  const { stdout } = spawnSync('dovecot', ['--version'], { encoding: 'utf8', env: { PATH: path }, timeout: 10_000 });
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  if (major === undefined) return undefined;
  return Number(major) > 2 || Number(minor) >= 4 ? '2.4' : '2.3';
}

/** As whom Dovecot would be started by whoever calls this. */
export function runAsCaller(): RunAs {
  if (process.getuid?.() === 0) return { is: 'root' };
  const { username: user, uid, gid } = userInfo();
  return { is: 'one', user, group: groupName(gid), uid, gid };
}

/** The group as which Dovecot looks users up, if the system has it. */
export function dovecotGroup(): number | undefined {
  return groups().find(({ name }) => name === 'dovecot')?.id;
}

function groupName(id: number): string {
  return groups().find((group) => group.id === id)?.name ?? String(id);
}

function groups(): { readonly name: string; readonly id: number }[] {
  const lines = readFileSync('/etc/group', 'utf8').split('\n');
  return lines.map((line) => line.split(':')).map(([name = '', , id = '']) => ({ name, id: Number(id) }));
}
