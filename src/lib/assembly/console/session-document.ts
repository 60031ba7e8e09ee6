import type { Dialogue } from '../../intake/dialogue.ts';
import type { Document } from '../../monitor/sensor-view.ts';

/** What was said in a session, both sides in their order. */
export function sessionDocument({ session, peer, open, lines }: Dialogue): Document {
  const said = lines.flatMap(({ after, by, text }) => {
    const time = `${(after / 1000).toFixed(3).padStart(9)}s`;
    const mark = by === 'peer' ? '>' : '<';
    return text.split(/\r?\n/).map((line, index) => `${index === 0 ? time : ' '.repeat(10)} ${mark} ${line}`);
  });
  const hint = 'What the peer says is kept word for word; our replies are from the moment on at which somebody looked.';
  return {
    title: `${session}  ${peer}${open ? ', still there' : ', gone'}`,
    pages: [{ name: 'dialogue', lines: [...said, '', hint] }],
  };
}
