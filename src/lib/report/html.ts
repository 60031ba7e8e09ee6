import { printable } from '../text/printable.ts';

/** Text that is HTML already. Nothing else gets into a page unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Inserted = string | number | Html | readonly Html[];

/** HTML in which everything that is inserted is text, whatever it says. */
export function markup(pieces: TemplateStringsArray, ...inserted: readonly Inserted[]): Html {
  return new Html(pieces.reduce((page, piece, at) => page + insertedText(inserted[at - 1]!) + piece));
}

function insertedText(value: Inserted): string {
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(({ text }) => text).join('') : escaped(String(value));
}

const meanings: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls and marks that turn text around are shown and not obeyed, as on a terminal. */
function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => meanings[character]!);
}
