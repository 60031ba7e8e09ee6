/**
 * Capitals of ASCII letters alone, which is what protocols mean: to Unicode `maıl` and `MAIL` are the same in capitals.
 */
export function asciiUpper(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text.toUpperCase() : text.replaceAll(/[a-z]+/g, (part) => part.toUpperCase());
}
