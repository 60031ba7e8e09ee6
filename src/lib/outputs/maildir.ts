import type { Capture } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import { Fault } from '../errors.ts';
import { Maildir } from '../maildir/maildir.ts';
import { idInName, messageName } from '../maildir/name.ts';
import { traceHeaders } from '../maildir/trace.ts';
import { delivered, type Outcome, type Output } from './output.ts';
import { syncFileSystem } from './sync-file-system.ts';

export interface MaildirSettings {
  readonly path: string;
  /** The server named in the Received line. */
  readonly software: string;
}

/** Mail folders for Dovecot and mail clients. */
export class MaildirOutput implements Output {
  readonly name: string;
  readonly #maildir: Maildir;
  readonly #software: string;
  /** Ids that were delivered before that could be told: a client may since have renamed their files. */
  #alreadyThere = new Set<Id>();

  constructor(name: string, { path, software }: MaildirSettings) {
    this.name = name;
    this.#maildir = new Maildir(path);
    this.#software = software;
  }

  async open(after: Id | undefined): Promise<void> {
    this.#maildir.directoryOf(undefined);
    this.#alreadyThere = new Set();
    for (const name of this.#maildir.names()) {
      const id = idInName(name);
      if (id !== undefined && (after === undefined || id > after)) this.#alreadyThere.add(id);
    }
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    try {
      for (const capture of batch) outcomes.push(this.#deliver(capture));
      return outcomes;
    } catch (error) {
      // The whole batch comes again, and a client may have moved what is there by then.
      for (const [index, { kind }] of outcomes.entries()) {
        if (kind === 'delivered') this.#alreadyThere.add(batch[index]!.facts.id);
      }
      throw error;
    }
  }

  async checkpoint(): Promise<void> {
    await syncFileSystem(this.#maildir.root);
  }

  async close(): Promise<void> {
    // Nothing is held open between two messages.
  }

  #deliver({ facts, content }: Capture): Outcome {
    if (this.#alreadyThere.delete(facts.id)) return delivered;
    const headers = traceHeaders(facts, this.#software);
    try {
      this.#maildir.store(facts.folder, messageName(facts.id, headers.length + facts.size), headers, content);
      return delivered;
    } catch (error) {
      // A folder that cannot be will not be later either; everything else (no room, no permission) may pass.
      if (error instanceof Fault) return { kind: 'refused', why: error.message };
      throw error;
    }
  }
}
