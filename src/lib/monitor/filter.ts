export type Filter = (text: string) => boolean;

const everything: Filter = () => true;

/**
 * Words that all have to be there, wherever, in any case; one that begins with ! may not be there. What is looked at is
 * in lower case.
 */
export function filterOf(text: string): Filter {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  if (words.length === 0) return everything;
  const wanted = words.filter((word) => !word.startsWith('!'));
  const unwanted = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  return (shown) => wanted.every((word) => shown.includes(word)) && !unwanted.some((word) => shown.includes(word));
}
