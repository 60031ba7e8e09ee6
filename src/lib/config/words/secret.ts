import type { Machine } from '../machine.ts';
import { createSecret, hiddenSecret, type Secret, type SecretSource } from '../secret.ts';
import { scalar, type Written, type WrittenMap, type WrittenScalar } from '../../document/written.ts';
import type { Kind } from './kind.ts';
import { resolvePath } from './path.ts';

const valid = '{env: NAME}, {file: PATH}, {command: [PROGRAM, ARGUMENT…]}, or the text itself in quotes';

/** Read, but not fetched: see `Secret.resolve`. */
export const secret: Kind<Secret> = {
  valid,
  confidential: true,
  read(written, { machine, key, refuse }) {
    const source = sourceOf(written, machine);
    if (source === undefined) return refuse(written, valid);
    return createSecret(source, { key, origin: written.origin, env: machine.env });
  },
  written: scalar,
  show: () => hiddenSecret,
};

function sourceOf(written: Written, machine: Machine): SecretSource | undefined {
  if (written.form === 'list') return undefined;
  if (written.form === 'map') return namedSource(written, machine);
  return written.empty || written.text === '' ? undefined : { from: 'text', text: written.text };
}

function namedSource({ entries }: WrittenMap, machine: Machine): SecretSource | undefined {
  const [name, only] = [...entries][0] ?? [];
  if (name === undefined || only === undefined || entries.size > 1) return undefined;
  const { value } = only;
  if (name === 'command') return command(value);
  if (value.form !== 'scalar' || value.empty || value.text === '') return undefined;
  if (name === 'env') return /^[A-Za-z_]\w*$/.test(value.text) ? { from: 'env', name: value.text } : undefined;
  if (name !== 'file') return undefined;
  const path = resolvePath(value.text, value.origin.folder, machine);
  return path === undefined ? undefined : { from: 'file', path };
}

/** No shell ever sees it, so blanks are all that separates arguments; whoever needs more writes a list. */
function command(value: Written): SecretSource | undefined {
  const words = value.form === 'scalar' ? value.text.trim().split(/\s+/) : textsOf(value);
  const [program, ...args] = words ?? [];
  return program ? { from: 'command', program, args } : undefined;
}

function textsOf(value: Written): readonly string[] | undefined {
  if (value.form !== 'list') return undefined;
  const words = value.items.filter((item): item is WrittenScalar => item.form === 'scalar' && !item.empty);
  return words.length === value.items.length ? words.map((word) => word.text) : undefined;
}
