import { domainToASCII } from 'node:url';

/** `Bücher.example` → `xn--bcher-kva.example`; undefined when it is no name of a host. Never an address. */
export function hostName(text: string): string | undefined {
  // What a URL would decode, cut off or take for something else is no part of a name.
  if (/[^a-z\d.\-\u{80}-\u{10ffff}]/iu.test(text)) return undefined;
  const name = domainToASCII(text);
  if (name === '' || name.length > 253) return undefined;
  const labels = name.split('.');
  const areLabels = labels.every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/.test(label));
  // A last label of digits makes resolvers take the whole for an address.
  return areLabels && !/^\d+$/.test(labels.at(-1)!) ? name : undefined;
}
