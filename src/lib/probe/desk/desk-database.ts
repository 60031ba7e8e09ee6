import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../errors.ts';
import type { Emit } from '../../events/event.ts';
import { closedFault, closingAtOpening, closingFor, DeskDamage, isBusy, type Closing } from './damage.ts';
import type { DeskLayout } from './layout.ts';
import { readMarker } from './marker.ts';
import { fileAt, openDatabase, pragma, type OpenDatabase, type Opening } from './open-database.ts';

export interface DeskDatabaseSettings extends Opening {
  readonly emit: Emit;
}

/**
 * The one database of the desk, as one process sees it. After the first sign of damage it is closed for good: what is
 * not known to be right is not used, and nothing is sent by it.
 */
export class DeskDatabase {
  readonly layout: DeskLayout;
  readonly #emit: Emit;
  #open: OpenDatabase | undefined;
  #closing: Closing | undefined;
  #writes = 0;

  constructor(settings: DeskDatabaseSettings) {
    this.layout = settings.layout;
    this.#emit = settings.emit;
    try {
      this.#open = openDatabase(settings);
    } catch (error) {
      const closing = closingAtOpening(error, this.layout);
      if (!closing) throw this.#told(error);
      this.#shut(closing);
    }
  }

  /** Why nothing is sent, or undefined while all is well. */
  get closed(): Closing | undefined {
    return this.#closing;
  }

  read<Result>(work: (connection: DatabaseSync) => Result): Result {
    return this.#transact('BEGIN', work);
  }

  /** All of it or nothing, and synced when it comes back; nobody else writes meanwhile. */
  write<Result>(work: (connection: DatabaseSync) => Result): Result {
    const result = this.#transact('BEGIN IMMEDIATE', work);
    this.#writes++;
    return result;
  }

  /** Another text after every change, whoever made it. */
  version(): string {
    const { connection } = this.#usable();
    try {
      return `${pragma(connection, 'data_version')}:${this.#writes}`;
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** Whether the budget is still the one that was opened; asked once more right before a connection. */
  isSound(): boolean {
    try {
      this.#check(this.#usable());
      return true;
    } catch (error) {
      this.#told(error);
      return false;
    }
  }

  close(): void {
    this.#open?.connection.close();
    this.#open = undefined;
    this.#closing ??= { problem: 'it is no longer in use', fix: 'Open it again.' };
  }

  #transact<Result>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: (connection: DatabaseSync) => Result): Result {
    const open = this.#usable();
    const { connection } = open;
    try {
      connection.exec(begin);
      this.#check(open);
      const result = work(connection);
      connection.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(connection);
      throw this.#told(error);
    }
  }

  #usable(): OpenDatabase {
    if (this.#open) return this.#open;
    throw closedFault(this.#closing!);
  }

  #check({ file, identity }: OpenDatabase): void {
    if (fileAt(this.layout) !== file) throw new DeskDamage(`${this.layout.database} was replaced while it was in use`);
    if (readMarker(this.layout) !== identity) {
      throw new DeskDamage(`${this.layout.marker} no longer names the budget that is in use`);
    }
  }

  /** The error as others are to see it; one that tells of damage closes the desk. */
  #told(error: unknown): unknown {
    const closing = closingFor(error, this.layout);
    if (closing) {
      this.#shut(closing);
      return closedFault(closing);
    }
    if (!isBusy(error)) return error;
    return new Fault(`The probe desk ${this.layout.database} is in use by another process.`, {
      code: 'desk.busy',
      fix: 'Try again in a moment.',
      cause: error,
    });
  }

  #shut(closing: Closing): void {
    this.#open?.connection.close();
    this.#open = undefined;
    this.#closing = closing;
    this.#emit({ event: 'desk.closed', detail: `${closing.problem}. ${closing.fix}` });
  }
}

function rollBack(connection: DatabaseSync): void {
  try {
    if (connection.isTransaction) connection.exec('ROLLBACK');
  } catch {
    // The first error says more, and a transaction that cannot be rolled back is never committed either.
  }
}
