import type { SourceHints } from '../../capture/capture.ts';
import { HeaderSection } from '../../mime/header-section.ts';

const longest = 400;

/**
 * What an older relay wrote above the messages that it stored: whom it took them from, and for whom. Everybody can
 * write such lines, so that they are hints, and no envelope.
 */
export function hintsIn(head: Buffer): SourceHints | undefined {
  const header = new HeaderSection(head);
  const value = (name: string) => header.first(name)?.slice(0, longest);
  const [peer, from, to] = [value('x-peer'), value('x-mailfrom'), value('x-rcptto')];
  if (peer === undefined && from === undefined && to === undefined) return undefined;
  return { ...(peer !== undefined && { peer }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
