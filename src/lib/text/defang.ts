/** An address of the web that nothing makes a link of, and nobody follows by accident. */
export function defanged(url: string): string {
  return url
    .replace(/^http/i, (scheme) => (scheme === 'HTTP' ? 'HXXP' : 'hxxp'))
    .replace(/^ftp/i, 'fxp')
    .replaceAll('.', '[.]')
    .replaceAll('@', '[@]');
}
