import { readNetwork, type Network } from '../../net/network.ts';
import type { Condition } from '../condition.ts';
import { all, any } from '../conditions/combine.ts';
import { sameAddress } from '../conditions/same-address.ts';
import { firstSeen, overTls, peerIn } from '../conditions/session-conditions.ts';
import { textFields } from '../conditions/text-fields.ts';
import { seenSubjects } from '../seen-memory.ts';
import type { Place, Reading } from './reading.ts';
import { choiceIn, textOf, textsIn, truthIn } from './scalars.ts';

/** `peer: {in: [192.0.2.0/24, 2001:db8::/32]}` */
export function peerTest(reading: Reading, place: Place): Condition | undefined {
  const valid = '{in: [networks]} or {is: address}';
  const map = reading.map(place, valid);
  if (!map) return undefined;
  reading.refuseOtherKeys(map, ['in', 'is'], place.key);
  const conditions: Condition[] = [];
  for (const name of ['in', 'is']) {
    const written = reading.member(map, name, place.key);
    const networks = written ? networksIn(reading, written) : [];
    if (networks.length > 0) conditions.push(peerIn(networks));
  }
  if (map.entries.size === 0) reading.complain(place, 'nothing is asked here', valid);
  return conditions.length > 0 ? all(conditions) : undefined;
}

function networksIn(reading: Reading, place: Place): readonly Network[] {
  const found: Network[] = [];
  for (const item of textsIn(reading, place, 'networks such as 192.0.2.0/24, or addresses')) {
    const read = readNetwork(textOf(item));
    if (read.is === 'network') found.push(read.network);
    else reading.complain(item, read.why);
  }
  return found;
}

export function tlsTest(reading: Reading, place: Place): Condition | undefined {
  const wanted = truthIn(reading, place);
  return wanted === undefined ? undefined : overTls(wanted);
}

/** A list of whom any may be new. */
export function firstSeenTest(reading: Reading, place: Place): Condition | undefined {
  const found = textsIn(reading, place, seenSubjects.join(' or '))
    .map((item) => choiceIn(reading, item, seenSubjects))
    .filter((subject) => subject !== undefined);
  return found.length > 0 ? any(found.map(firstSeen)) : undefined;
}

const addressFields = textFields.filter(({ name }) => ['from', 'to', 'sender', 'recipient'].includes(name));

export function sameAddressTest(reading: Reading, place: Place): Condition | undefined {
  const names = addressFields.map(({ name }) => name);
  const valid = `a list of two or more of ${names.join(', ')}`;
  const items = textsIn(reading, place, valid);
  const chosen = items.map((item) => choiceIn(reading, item, names)).filter((name) => name !== undefined);
  if (chosen.length < 2) return items.length < 2 ? reading.refuse(place, valid) : undefined;
  return sameAddress(addressFields.filter(({ name }) => chosen.includes(name)));
}
