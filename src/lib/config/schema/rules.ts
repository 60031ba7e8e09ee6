import { listOf } from '../words/list.ts';
import { path } from '../words/path.ts';
import { group, optional } from '../words/setting.ts';
import { host, hostname } from '../words/text.ts';

export const rules = group('Rules recognise what comes in, and say what becomes of it: docs/rules.md.', {
  file: optional(path, {
    about: 'File of rules; it is followed when it changes.',
    words: 'the rules that come with the program',
    example: '/etc/spamtrap/rules.yml',
  }),
  ownAddresses: optional(listOf(host), {
    about: 'IP addresses by which peers know this machine, such as that of a router before it.',
    words: 'those of its interfaces',
    example: '192.0.2.25',
  }),
  ownHosts: optional(listOf(hostname), {
    about: 'Further names by which peers know this machine.',
    words: 'the name with which it greets',
    example: 'mail.example.org',
  }),
});
