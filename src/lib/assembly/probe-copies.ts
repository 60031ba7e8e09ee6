import type { CaptureFacts } from '../capture/capture.ts';
import { markAnswered } from '../maildir/answered.ts';
import { Maildir } from '../maildir/maildir.ts';
import type { RelayReport as ReportForMail, RemoteReply } from '../maildir/relay-headers.ts';
import { announceProbe, completeProbe, type SentProbe } from '../maildir/sent-probe.ts';
import type { Desk } from '../probe/desk/desk.ts';
import type { Probe } from '../probe/probe.ts';
import type { RelayReport } from '../probe/relay/report.ts';

/** The maildir may be behind the desk: the message may have to be written before it can be marked. */
const attemptsToMark = 60;
const betweenAttempts = 1_000;

export interface ProbeCopiesSettings {
  readonly maildir: string;
  readonly desk: Desk;
  /** The server named in the Received line, and its host. */
  readonly software: string;
  readonly host: string;
  readonly signal: AbortSignal;
}

/** What operators see of a probe that is sent: a copy in the folder `sentProbes`, and the message marked as answered. */
export class ProbeCopies {
  readonly #settings: ProbeCopiesSettings;
  readonly #maildir: Maildir;
  readonly #marking = new Set<NodeJS.Timeout>();

  constructor(settings: ProbeCopiesSettings) {
    this.#settings = settings;
    this.#maildir = new Maildir(settings.maildir);
    settings.signal.addEventListener('abort', () => this.#marking.forEach((timer) => clearTimeout(timer)), {
      once: true,
    });
  }

  readonly announce = async (probe: Probe): Promise<void> => {
    await announceProbe(this.#maildir, this.#copyOf(probe));
  };

  readonly concluded = async (probe: Probe): Promise<void> => {
    // Of a probe that was not asked about there is nothing to say.
    if (probe.recipients.every(({ sentTo }) => sentTo === undefined)) return;
    await completeProbe(this.#maildir, this.#copyOf(probe), reportFor(probe));
    if (probe.recipients.some(({ state }) => state === 'relayed')) await this.#mark(probe.id, attemptsToMark);
  };

  async #mark(id: string, attempts: number): Promise<void> {
    if (await markAnswered(this.#maildir, id)) return;
    if (attempts === 0 || this.#settings.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#marking.delete(timer);
      // A maildir that cannot be read is told of by the output that writes to it.
      this.#mark(id, attempts - 1).catch(() => undefined);
    }, betweenAttempts);
    this.#marking.add(timer);
  }

  #copyOf(probe: Probe): SentProbe {
    const { desk, software, host } = this.#settings;
    const bytes = desk.contentOf(probe.id) ?? Buffer.alloc(0);
    const recipients = probe.recipients.flatMap(({ sentTo }) => sentTo ?? []);
    const at = Date.parse(probe.changedAt);
    return { attempt: probe.id, facts: factsOf(probe, host), bytes, recipients, at, software };
  }
}

function factsOf(probe: Probe, host: string): CaptureFacts {
  const { id, heldAt, envelope, peer = '', session = '', helo, queueId, size, sha256 } = probe;
  return {
    id,
    receivedAt: heldAt,
    intake: 'relay',
    envelope,
    size,
    sha256,
    host,
    ...(queueId !== undefined && { queueId }),
    evidence: {
      session,
      peer: { address: peer, port: 0 },
      local: { address: '', port: 0 },
      protocol: 'ESMTP',
      ...(helo !== undefined && { helo }),
    },
  };
}

/** All that the servers said, as one report: where there were several, the last one's. */
function reportFor({ reports, recipients, reason }: Probe): ReportForMail {
  const last = reports.at(-1);
  const wasAsked = reports.length > 0 && reports.every(({ outcome }) => outcome === 'relayed' || outcome === 'refused');
  const exception = wasAsked ? last?.exception : (last?.exception ?? reason);
  return {
    ...(wasAsked && { refused: refusedIn(reports, recipients) }),
    ...(last?.quit && { quit: last.quit }),
    ...(exception !== undefined && { exception }),
    ...(last?.server && { server: last.server.host, port: last.server.port }),
    ...(last?.tls && { tls: `${last.tls.version} ${last.tls.cipher}` }),
    ...(last?.reply && { reply: last.reply }),
    ...(last?.queueId !== undefined && { queueId: last.queueId }),
  };
}

function refusedIn(reports: readonly RelayReport[], recipients: Probe['recipients']): ReadonlyMap<string, RemoteReply> {
  const refused = new Set(recipients.filter(({ state }) => state === 'refused').map(({ sentTo }) => sentTo));
  const unknown: RemoteReply = { code: 0, text: '' };
  return new Map(
    reports.flatMap(({ recipients: asked, reply }) =>
      asked
        .filter(({ address }) => refused.has(address))
        .map((each): [string, RemoteReply] => [each.address, each.reply ?? reply ?? unknown]),
    ),
  );
}
