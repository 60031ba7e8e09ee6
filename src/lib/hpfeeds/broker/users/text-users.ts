import type { UserList } from './user-list.ts';

/** The lines of tentacool: `ident;secret;channels to publish;channels to subscribe;` with commas between channels. */
export function readTextUsers(source: string, shown: string, users: UserList): void {
  for (const [index, line] of source.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const origin = `${shown}:${index + 1}`;
    const [ident = '', secret, publishes, subscribes, ...rest] = line.split(';');
    if (secret === undefined || publishes === undefined || subscribes === undefined || rest.join('').trim() !== '') {
      const valid = 'ident;secret;pub1,pub2;sub1,sub2;';
      users.faults.add({ origin, problem: 'the line does not have four fields', valid });
      continue;
    }
    users.add(origin, { ident, secret, owner: '', publishes: channels(publishes), subscribes: channels(subscribes) });
  }
}

export function channels(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
