/** Copies by OSC 52: the terminal does it, wherever it is. Only what is made of plain letters is ever copied. */
export function copyToTerminal(text: string): void {
  if (!/^[\w.@-]+$/.test(text)) return;
  process.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
}
