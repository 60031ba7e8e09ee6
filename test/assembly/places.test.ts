import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placesIn, placeWords } from '../../src/lib/assembly/places.ts';
import { mmdb } from '../support/mmdb.ts';
import { temporaryDirectory } from '../support/temporary.ts';

function file(networks: Parameters<typeof mmdb>[0]): string {
  const path = join(temporaryDirectory(), 'some.mmdb');
  writeFileSync(path, mmdb(networks));
  return path;
}

it('says country and network, from as many files as there are', async () => {
  const countries = file({ 192: { country: { iso_code: 'NL' } }, 10: { registered_country: { iso_code: 'DE' } } });
  const networks = file({ 192: { autonomous_system_number: 64_496, autonomous_system_organization: 'Example BV' } });
  const places = await placesIn([countries, networks]);
  const placeOf = (peer: string) => placeWords(places(peer));
  expect(placeOf('192.0.2.1')).toBe('NL AS64496 Example BV');
  expect(placeOf('10.1.2.3')).toBe('DE');
  expect(placeOf('172.16.0.1')).toBe('');
  expect(placeOf('local')).toBe('');
  expect((await placesIn([]))('192.0.2.1')).toEqual({});
});

it('says which file is none', async () => {
  const path = join(temporaryDirectory(), 'no.mmdb');
  writeFileSync(path, 'something else');
  await expect(placesIn([path])).rejects.toMatchObject({ code: 'geo.file', exit: 2 });
});
