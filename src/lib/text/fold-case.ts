/** A text in which capitals do not count. Sigma at the end of a word and the long s are the same letters as elsewhere. */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ').replaceAll('ſ', 's');
}
