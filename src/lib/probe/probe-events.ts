import type { Emit } from '../events/event.ts';
import type { Probe } from './probe.ts';

/** It waits, and for what. */
export function tellHeld({ id, rule, recipients, reason }: Probe, emit: Emit): void {
  emit({ event: 'probe.held', id, rule, recipients: recipients.map(({ address }) => address), reason });
}

/** It is not sent, or nobody can tell; the recipients are those that were tried, where any were. */
export function tellRefused({ id, rule, recipients, reason }: Probe, emit: Emit): void {
  const tried = recipients.flatMap(({ sentTo }) => sentTo ?? []);
  const meant = tried.length > 0 ? tried : recipients.map(({ address }) => address);
  emit({ event: 'probe.refused', id, rule, recipients: meant, reason });
}

/** What became of one that was sent: those whom it reached, and those whom it did not though it was tried. */
export function tellConcluded(probe: Probe, emit: Emit): void {
  const { id, rule, recipients, decision, reports } = probe;
  const reached = recipients.filter(({ state }) => state === 'relayed');
  const missed = recipients.filter(({ state, sentTo }) => state !== 'relayed' && sentTo !== undefined);
  if (reached.length === 0) return tellRefused(probe, emit);
  emit({
    event: 'probe.relayed',
    id,
    rule,
    recipients: reached.map(({ sentTo }) => sentTo!),
    server: unique(reports.filter(({ outcome }) => outcome === 'relayed').map(({ server }) => server?.host)),
    reply: unique(reached.map(({ reply }) => reply)),
    reason: `approved by ${decision?.by}`,
  });
  if (missed.length === 0) return;
  const reason = unique(missed.map((recipient) => recipient.reason));
  emit({ event: 'probe.refused', id, rule, recipients: missed.map(({ sentTo }) => sentTo!), reason });
}

function unique(texts: readonly (string | undefined)[]): string {
  return [...new Set(texts.filter((text) => text !== undefined))].slice(0, 5).join('; ');
}
