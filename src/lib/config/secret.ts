import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { inspect, promisify } from 'node:util';
import { errno, exitCodes, Fault } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { readBounded } from '../document/bounded-file.ts';
import type { Machine } from './machine.ts';
import type { Origin } from '../document/written.ts';

const markKey = randomBytes(32);

/** All that anybody ever sees of a secret. */
export const hiddenSecret = '(secret)';

export type SecretSource =
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'command'; readonly program: string; readonly args: readonly string[] };

/** A secret that may be passed around, logged and printed by mistake: only `resolve` gives it away. */
export interface Secret {
  /** Fetches it anew each time, so that a rotated secret takes effect. */
  resolve(): Promise<string>;
  /** Differs when something else is written in its place, and says nothing of what; it means nothing to another process. */
  readonly mark: string;
  toString(): string;
  toJSON(): string;
}

export interface SecretPlace {
  readonly key: string;
  readonly origin: Origin;
  readonly env: Machine['env'];
}

export function createSecret(source: SecretSource, place: SecretPlace): Secret {
  const hidden = () => hiddenSecret;
  const mark = createHmac('sha256', markKey).update(JSON.stringify(source)).digest('base64url');
  return Object.freeze({
    mark,
    async resolve() {
      // A file and the output of a command end with a line break that nobody means.
      const text = (await fetchSecret(source, place)).replace(/\r?\n$/, '');
      if (text === '') throw unavailable(place, 'it is empty', 'Give it a value.');
      return text;
    },
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  });
}

async function fetchSecret(source: SecretSource, place: SecretPlace): Promise<string> {
  switch (source.from) {
    case 'text':
      return source.text;
    case 'env': {
      const text = place.env[source.name];
      if (text !== undefined) return text;
      throw unavailable(place, `the variable ${source.name} is not set`, `Set ${source.name} before the start.`);
    }
    case 'file':
      return readSecretFile(source.path, place);
    default:
      return runSecretCommand(source.program, source.args, place);
  }
}

const mostBytes = 64 * 1024;
const patienceMs = 30_000;

function readSecretFile(path: string, place: SecretPlace): string {
  try {
    const bytes = readBounded(path, mostBytes);
    if (bytes !== undefined) return bytes.toString('utf8');
  } catch (thrown) {
    throw unavailable(place, `${path} cannot be read (${errno(thrown)})`, 'Check that path and its permissions.');
  }
  throw unavailable(place, `${path} is larger than ${mostBytes} bytes`, 'Name the file that holds the secret alone.');
}

async function runSecretCommand(program: string, args: readonly string[], place: SecretPlace): Promise<string> {
  const options = { cwd: place.origin.folder, env: place.env, timeout: patienceMs, maxBuffer: mostBytes };
  try {
    const running = promisify(execFile)(program, args, options);
    running.child.stdin?.end();
    return (await running).stdout;
  } catch (thrown) {
    // The thrown error carries the arguments and the output, so it is not passed on as the cause.
    const problem = `the command ${program} failed (${failure(thrown)})`;
    throw unavailable(place, problem, 'Run the command by hand to see what it says.');
  }
}

function failure(thrown: unknown): string {
  const { code, signal } = thrown as { readonly code?: unknown; readonly signal?: unknown };
  if (typeof code === 'number') return `status ${code}`;
  return typeof code === 'string' ? code : `signal ${String(signal)}`;
}

function unavailable({ key, origin }: SecretPlace, problem: string, fix: string): Fault {
  const message = `the secret ${key} (${origin.text}) is not to be had: ${printable(problem)}`;
  return new Fault(message, { code: 'config.secret', fix, exit: exitCodes.usage });
}
