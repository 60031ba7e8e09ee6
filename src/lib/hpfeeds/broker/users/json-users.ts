import { suggestion } from '../../../document/suggestion.ts';
import { shownWritten, type Written, type WrittenMap } from '../../../document/written.ts';
import { readYaml } from '../../../document/yaml/read.ts';
import type { UserList } from './user-list.ts';

/** What the four facts of a user are called in one form of the file. */
interface Keys {
  readonly owner: string;
  readonly publishes: string;
  readonly subscribes: string;
}

const ofReference: Keys = { owner: 'owner', publishes: 'pubchans', subscribes: 'subchans' };
const ofRust: Keys = { owner: 'owner', publishes: 'pub_channels', subscribes: 'sub_channels' };

/**
 * The JSON of the reference, one key for each identity, or that of hpfeeds-rs, a list below `users`. It is read as
 * YAML, which JSON is, because that knows the place of everything.
 */
export function readJsonUsers(source: string, shown: string, users: UserList): void {
  const written = readYaml(source, { shown, folder: '' }, users.faults);
  if (written === undefined) return;
  if (written.form !== 'map') return refuse(users, written, 'is no object with identities');
  const list = written.entries.size === 1 ? written.entries.get('users')?.value : undefined;
  if (list?.form === 'list') {
    for (const item of list.items) readUser(users, item, ofRust, undefined);
  } else {
    for (const [ident, { value }] of written.entries) readUser(users, value, ofReference, ident);
  }
}

function readUser(users: UserList, written: Written, keys: Keys, named: string | undefined): void {
  if (written.form !== 'map') return refuse(users, written, 'is no object with a secret and channels');
  const known = [...(named === undefined ? ['ident'] : []), 'secret', keys.owner, keys.publishes, keys.subscribes];
  for (const [key, { keyOrigin }] of written.entries) {
    if (known.includes(key)) continue;
    users.faults.add({ origin: keyOrigin.text, key, problem: 'is no key of a user', ...suggestion(key, known) });
  }
  const ident = named ?? textOf(users, written, 'ident');
  const secret = textOf(users, written, 'secret');
  // hpfeeds-rs knows no owners.
  const owner = named === undefined && !written.entries.has(keys.owner) ? '' : textOf(users, written, keys.owner);
  const publishes = listOf(users, written, keys.publishes);
  const subscribes = listOf(users, written, keys.subscribes);
  if (ident === undefined || secret === undefined || owner === undefined || !publishes || !subscribes) return;
  users.add(written.origin.text, { ident, secret, owner, publishes, subscribes });
}

function textOf(users: UserList, map: WrittenMap, key: string): string | undefined {
  const value = memberOf(users, map, key);
  if (value === undefined || value.form === 'scalar') return value?.text;
  users.faults.add({ origin: value.origin.text, key, problem: 'is no text' });
  return undefined;
}

function listOf(users: UserList, map: WrittenMap, key: string): readonly string[] | undefined {
  const value = memberOf(users, map, key);
  if (value === undefined) return undefined;
  if (value.form === 'list' && value.items.every((item) => item.form === 'scalar')) {
    return value.items.map((item) => (item.form === 'scalar' ? item.text : ''));
  }
  users.faults.add({
    origin: value.origin.text,
    key,
    problem: 'is no list of channels',
    valid: '["spam.mails"], or []',
  });
  return undefined;
}

function memberOf(users: UserList, map: WrittenMap, key: string): Written | undefined {
  const value = map.entries.get(key)?.value;
  if (value === undefined) users.faults.add({ origin: map.origin.text, key, problem: 'is missing' });
  return value;
}

function refuse(users: UserList, written: Written, problem: string): void {
  // A text may be a secret that was put in the wrong place.
  const value = written.form === 'scalar' ? 'a value' : shownWritten(written);
  users.faults.add({ origin: written.origin.text, value, problem });
}
