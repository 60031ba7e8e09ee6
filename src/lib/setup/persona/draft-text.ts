import { dump } from 'js-yaml';
import { printable } from '../../text/printable.ts';
import type { PersonaDraft } from './draft.ts';

/** A draft as the file of a persona, with all that is to be said about it as comments. */
export function draftText({ base, remarks, ...draft }: PersonaDraft, server: string): string {
  const { features, mechanisms, messageSize, replies, manners } = draft;
  const document = {
    extends: base.name,
    features,
    mechanisms,
    messageSize,
    ...(Object.keys(replies).length > 0 && { replies }),
    ...(Object.keys(manners).length > 0 && { manners }),
  };
  return [
    `# Drafted from ${printable(server)}. It was sent no message, so what is said at the end of one is that of ${base.name}:`,
    `#   data: ${JSON.stringify(base.replies.data)}`,
    `#   queued: ${JSON.stringify(base.replies.queued)}`,
    `# Words in braces are filled in: {host} {peer} {helo} {date} {id} {size} {bytes} {argument} {option} {mechanisms}`,
    ...(remarks.length > 0 ? [`# What is to be known of it; where nothing was learned, ${base.name} speaks:`] : []),
    ...remarks.map((remark) => `#   ${printable(remark)}`),
    dump(document, { lineWidth: 1000, skipInvalid: true }),
  ].join('\n');
}
