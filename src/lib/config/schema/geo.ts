import { listOf } from '../words/list.ts';
import { path } from '../words/path.ts';
import { group, optional } from '../words/setting.ts';

export const geo = group('Where in the world peers are, for the console.', {
  files: optional(listOf(path), {
    about: 'Files in the format of MaxMind (.mmdb), which you bring: of countries, cities or networks (ASN).',
    words: 'none',
    example: '/usr/share/GeoIP/GeoLite2-Country.mmdb',
  }),
});
