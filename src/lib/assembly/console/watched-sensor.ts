import { ControlClient } from '../../control/control-client.ts';
import { isId } from '../../capture/id.ts';
import { Fault, reason } from '../../errors.ts';
import type { TimedEvent } from '../../events/event.ts';
import type { Dialogue } from '../../intake/dialogue.ts';
import { journalEnd } from '../../journal/ends.ts';
import { findById } from '../../journal/find.ts';
import { journalLayout } from '../../journal/layout.ts';
import type { Effect } from '../../monitor/effect.ts';
import type { PlaceOf } from '../../monitor/rows.ts';
import type { Document, MailboxView, ProbeView, SensorView } from '../../monitor/sensor-view.ts';
import type { Happening } from '../../monitor/update.ts';
import type { Kept } from '../look-at-journal.ts';
import { operator } from '../operator.ts';
import type { ClusterAnswer } from '../cluster/sensor-in-cluster.ts';
import { ConsoleCampaigns } from './console-campaigns.ts';
import { messageDocument } from '../message-document.ts';
import { saveMessage } from './save-message.ts';
import { sessionDocument } from './session-document.ts';

/** Where the clipboard is reached: the terminal's own, which also works over ssh and in tmux. */
export type Copy = (text: string) => void;

type Doing = Exclude<Effect, { do: 'leave' }>;

const second = 1_000;
/** Events gather for a moment before they happen to the console. */
const gathering = 50;

/** A sensor that runs, as a console needs it: asked over its control socket, and its journal read from here. */
export class WatchedSensor {
  readonly placeOf: PlaceOf;
  #client: ControlClient;
  readonly #copy: Copy;
  readonly #campaigns: ConsoleCampaigns;
  #happened: (happening: Happening) => void = () => undefined;
  #waiting: TimedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(client: ControlClient, placeOf: PlaceOf, copy: Copy) {
    this.#client = client;
    this.placeOf = placeOf;
    this.#copy = copy;
    this.#campaigns = new ConsoleCampaigns(client.greeting.dataDir);
  }

  watch(happened: (happening: Happening) => void): () => void {
    this.#happened = happened;
    const seconds = setInterval(() => happened({ is: 'second' }), second);
    void this.#follow('kept');
    happened({ is: 'second' });
    return () => {
      clearInterval(seconds);
      clearTimeout(this.#timer);
      this.#happened = () => undefined;
    };
  }

  perform(effect: Doing): void {
    this.#do(effect).catch((error: unknown) => {
      this.#say(error instanceof Fault ? `${error.message} ${error.fix}` : reason(error));
    });
  }

  async #follow(from: 'kept' | 'now'): Promise<void> {
    const client = this.#client;
    void client.closed.then(() => this.#comeBack());
    await client.follow(from, (event) => this.#take(event)).catch((error: unknown) => this.#say(reason(error)));
  }

  // Who cannot keep up is sent away, and the sensor is still there.
  async #comeBack(): Promise<void> {
    if (this.#isClosed) return;
    const again = await ControlClient.connect(this.#client.greeting.dataDir).catch(() => undefined);
    if (again === undefined) return this.#happened({ is: 'gone', why: 'the sensor is gone' });
    this.#client = again;
    this.#say('Events came faster than they could be shown: some are missing here, and none in the journal.');
    await this.#follow('now');
  }

  /** Watches no longer. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  #take(event: TimedEvent): void {
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const events = this.#waiting;
      this.#waiting = [];
      this.#happened({ is: 'events', events });
    }, gathering);
  }

  #say(text: string): void {
    this.#happened({ is: 'said', text });
  }

  async #do(effect: Doing): Promise<void> {
    switch (effect.do) {
      case 'look':
        return this.#look(effect.at);
      case 'open':
        return this.#happened({ is: 'opened', effect, document: await this.#open(effect) });
      case 'probe':
        this.#say(await this.#client.ask(`probes.${effect.act}`, { id: effect.id, by: operator() }));
        return this.#look('probes');
      case 'output':
        this.#say(await this.#client.ask(`outputs.${effect.act}`, { output: effect.output }));
        return this.#look('state');
      case 'mailbox':
        await this.#client.ask(`mailboxes.${effect.act}`, { mailboxes: [effect.mailbox] });
        this.#say(effect.act === 'retry' ? `${effect.mailbox} is tried now.` : `${effect.mailbox} is collected again.`);
        return this.#look('mailboxes');
      case 'reload':
        return this.#say(reloadWords(await this.#client.ask(effect.what)));
      case 'save':
        return this.#say(`Saved as ${await saveMessage(this.#message(effect.id), process.cwd())}.`);
      case 'copy':
        this.#copy(effect.text);
        return this.#say(`Copied: ${effect.text}`);
      case 'stop':
        return this.#say(await this.#client.ask('stop'));
    }
  }

  async #look(at: 'state' | 'probes' | 'mailboxes' | 'campaigns' | 'cluster'): Promise<void> {
    switch (at) {
      case 'state':
        return this.#happened({ is: 'state', sensor: await this.#client.ask<SensorView>('state') });
      case 'probes': {
        const probes = await this.#ifOffered<readonly ProbeView[]>('probes.list');
        return this.#happened({ is: 'probes', probes: probes ?? [] });
      }
      case 'cluster': {
        const answer = await this.#ifOffered<ClusterAnswer>('cluster.status');
        const clusterIs = answer?.is ?? 'This sensor belongs to no cluster: "cluster.servers" in the configuration.';
        return this.#happened({ is: 'cluster', cluster: answer?.view ?? undefined, clusterIs });
      }
      case 'campaigns':
        return this.#happened({ is: 'campaigns', ...this.#campaigns.look(Date.now()) });
      case 'mailboxes': {
        const mailboxes = await this.#ifOffered<readonly MailboxView[]>('mailboxes.status');
        return this.#happened({ is: 'mailboxes', mailboxes: mailboxes ?? [] });
      }
    }
  }

  // A relay collects no mailboxes, and behind a mail server there is no desk.
  async #ifOffered<Answer>(what: string): Promise<Answer | undefined> {
    try {
      return await this.#client.ask<Answer>(what);
    } catch (error) {
      if (error instanceof Fault && (error.code === 'control.unknown' || error.code === 'desk.missing'))
        return undefined;
      throw error;
    }
  }

  async #open({ what, id }: Extract<Effect, { do: 'open' }>): Promise<Document> {
    switch (what) {
      case 'message':
        return messageDocument(this.#message(id));
      case 'session':
        return sessionDocument(await this.#client.ask<Dialogue>('sessions.dialogue', { session: id }));
      case 'campaign':
        return this.#campaigns.open(id);
      case 'probe': {
        const asked = { id, resolve: true };
        const { state, details } = await this.#client.ask<ProbeView & { details: string[] }>('probes.show', asked);
        return { title: `${id}  ${state}`, pages: [{ name: 'plan', lines: details }] };
      }
    }
  }

  #message(id: string): Kept {
    const layout = journalLayout(this.#client.greeting.dataDir);
    const entry = isId(id) ? findById(layout, id, journalEnd(layout)) : undefined;
    if (entry === undefined) {
      throw new Fault('That message is no longer in the journal.', {
        code: 'journal.no-such-message',
        fix: 'Its retention has run out; the outputs have what they took of it.',
      });
    }
    return entry.kind === 'capture' ? entry.capture : { facts: entry.facts };
  }
}

function reloadWords(all: readonly { what: string; done: boolean; detail: string }[]): string {
  const bad = all.filter(({ done }) => !done);
  return (bad.length > 0 ? bad : all).map(({ what, detail }) => `${what}: ${detail}`).join('; ');
}
