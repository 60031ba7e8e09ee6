const shown = 60;

/** A peer's text in the words of a match, cut short. */
export function excerpt(text: string): string {
  return `"${text.length > shown ? `${text.slice(0, shown)}…` : text}"`;
}
