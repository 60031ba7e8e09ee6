import type { RuleHook } from '../../capture/rule-match.ts';
import type { Python } from './python-tree.ts';

/** What a Python expression stands for in a rule of ours. */
export interface Subject {
  /** The key of the condition. */
  readonly field: string;
  /** `.lower()` was called on it, so capitals never counted. */
  readonly letters: 'any case' | 'exact case';
}

/** What the parameters of a lambda are, by their names and, where these say nothing, by their place. */
export function rolesOf(names: readonly string[], hook: RuleHook): ReadonlyMap<string, string> {
  const byPlace = hook === 'message' && names.length === 1 ? ['message'] : ['session', 'envelope', 'host'];
  return new Map(names.map((name, index) => [name, roleByName(name) ?? byPlace[index] ?? 'unknown']));
}

function roleByName(name: string): string | undefined {
  if (/^(?:msg|mail|message|data|m)$/i.test(name)) return 'message';
  if (/^session$/i.test(name)) return 'session';
  return /^env(?:elope)?$/i.test(name) ? 'envelope' : undefined;
}

/** Undefined when the expression is nothing that a rule of ours can look at. */
export function subjectOf(python: Python, roles: ReadonlyMap<string, string>): Subject | undefined {
  const inner = withoutWrapping(python);
  if (inner) {
    const subject = subjectOf(inner.of, roles);
    return subject && (inner.folds ? { ...subject, letters: 'any case' } : subject);
  }
  const field = headerOf(python, roles) ?? sessionField(pathOf(python, roles));
  return field === undefined ? undefined : { field, letters: 'exact case' };
}

/** `str(x)`, `x.lower()`, `x.strip()` */
function withoutWrapping(python: Python): { readonly of: Python; readonly folds: boolean } | undefined {
  if (python.is !== 'call') return undefined;
  const { of, given } = python;
  if (of.is === 'name' && of.name === 'str' && given.length === 1) return { of: given[0]!, folds: false };
  if (of.is !== 'member' || given.length > 0) return undefined;
  if (of.name === 'lower' || of.name === 'casefold') return { of: of.of, folds: true };
  return of.name === 'strip' ? { of: of.of, folds: false } : undefined;
}

/** `msg['Subject']`, `msg.get('Subject', '')` */
function headerOf(python: Python, roles: ReadonlyMap<string, string>): string | undefined {
  const [of, key] =
    python.is === 'item'
      ? [python.of, python.index]
      : python.is === 'call' && python.of.is === 'member' && python.of.name === 'get'
        ? [python.of.of, python.given[0]]
        : [];
  if (of?.is !== 'name' || roles.get(of.name) !== 'message' || key?.is !== 'text') return undefined;
  return headerFields.get(key.text.toLowerCase()) ?? (isHeaderName(key.text) ? `header ${key.text}` : undefined);
}

// The systems before this one wrote the envelope into the message; here it never was there.
const headerFields = new Map([
  ['subject', 'subject'],
  ['from', 'from'],
  ['x-mailfrom', 'sender'],
  ['x-rcptto', 'recipient'],
  ['x-peer', 'peer'],
]);

function isHeaderName(name: string): boolean {
  return /^[!-9;-~]{1,80}$/.test(name);
}

/** `session.peer[0]` as `session.peer.0`, with what parameters stand for in place of their names. */
function pathOf(python: Python, roles: ReadonlyMap<string, string>): string | undefined {
  switch (python.is) {
    case 'name':
      return roles.get(python.name);
    case 'member':
      return joined(pathOf(python.of, roles), python.name);
    case 'item':
      return python.index.is === 'number' ? joined(pathOf(python.of, roles), String(python.index.number)) : undefined;
    case 'call':
      return python.given.length === 0 ? joined(pathOf(python.of, roles), '()') : undefined;
    default:
      return undefined;
  }
}

function joined(path: string | undefined, part: string): string | undefined {
  return path === undefined ? undefined : `${path}.${part}`;
}

function sessionField(path: string | undefined): string | undefined {
  return path === undefined ? undefined : paths.get(path);
}

const paths = new Map([
  ['host', 'helo'],
  ['session.host_name', 'helo'],
  ['session.peer.0', 'peer'],
  ['envelope.mail_from', 'sender'],
  ['envelope.rcpt_tos', 'recipient'],
  ['envelope.rcpt_tos.0', 'recipient'],
  ['message.get_payload.()', 'text'],
  ['message.as_string.()', 'anywhere'],
]);

/** `GlobalConfig.IPV4` and the like: the address of the honeypot itself. */
export function isOwnAddress(python: Python): boolean {
  if (python.is === 'call' && python.of.is === 'name' && python.of.name === 'str') {
    return python.given.length === 1 && isOwnAddress(python.given[0]!);
  }
  return (
    (python.is === 'member' || python.is === 'name') && /^(?:own_?|my_?|public_?)?ip(?:v[46])?$/i.test(python.name)
  );
}
