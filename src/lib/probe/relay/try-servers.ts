import { reason } from '../../errors.ts';
import { attempt, type AttemptMeans } from './attempt.ts';
import type { Endpoint } from './endpoint.ts';
import { dotStuffed } from './line-ends.ts';
import type { ReadyLetter } from './read-letter.ts';
import { RecipientLedger } from './recipient-ledger.ts';
import type { RelayReport } from './report.ts';
import type { RouteHost } from './route.ts';
import { Trail } from './trail.ts';
import { mayTryElsewhere } from './verdict.ts';

/** Offers a message to one server after the other, until one has taken it or may have, or has said no for all. */
export async function tryServers(
  { content, heloName, sender, recipients }: ReadyLetter,
  hosts: readonly RouteHost[],
  means: AttemptMeans,
): Promise<Omit<RelayReport, 'content' | 'by'>> {
  const ledger = new RecipientLedger(recipients);
  const trail = new Trail(means.now);
  const wire = dotStuffed(content.bytes);
  let dotSent = false;
  // What holds one dot back would hold back the next.
  const held = new AbortController();
  const watched: AttemptMeans = {
    ...means,
    signal: AbortSignal.any([means.signal, held.signal]),
    beforeDot: async () => {
      try {
        await means.beforeDot();
      } catch (error) {
        held.abort(new Error(`the final dot was held back: ${reason(error)}`, { cause: error }));
        throw error;
      }
    },
    onPhase: (phase) => {
      dotSent ||= phase === 'dot';
      means.onPhase(phase);
    },
  };
  const offer = async (server: Endpoint, startTls: 'whenOffered' | 'never') => {
    const { bytes, isEightBit } = content;
    const asked = { heloName, sender, recipients: ledger.open, size: bytes.length, isEightBit, startTls };
    const { report, verdict, answers } = await attempt(server, asked, wire, watched);
    ledger.record(answers);
    trail.add(report);
    return { verdict, phase: report.phase };
  };
  const result = () => ({ ...trail.sum, recipients: ledger.reports(), dotSent });

  for (const server of connectable(hosts, trail)) {
    if (watched.signal.aborted) break;
    let { verdict, phase } = await offer(server, 'whenOffered');
    const isTlsAtFault = verdict.is === 'lost' && phase === 'handshake' && !watched.signal.aborted;
    // Between mail servers no TLS at all is what there is when TLS does not work.
    if (isTlsAtFault) ({ verdict, phase } = await offer(server, 'never'));
    if (!mayTryElsewhere(verdict)) return result();
  }
  return result();
}

/** The addresses that may be connected to, each once; why not to the others goes on the trail. */
function* connectable(hosts: readonly RouteHost[], trail: Trail): Generator<Endpoint> {
  const seen = new Set<string>();
  for (const { host, port, addresses, problem } of hosts) {
    if (addresses.length === 0) trail.leaveOut({ host, port }, 'passedOver', problem ?? 'it has no address');
    for (const { address, verdict } of addresses) {
      const server = { host, port, address };
      if (verdict.is === 'forbidden') trail.leaveOut(server, 'forbidden', `${address} ${verdict.why}`);
      else if (seen.has(address)) trail.leaveOut(server, 'passedOver', `${address} has been tried`);
      else yield server;
      seen.add(address);
    }
  }
}
