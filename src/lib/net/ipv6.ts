/** The eight groups of an IPv6 address without a zone; undefined when it is none. */
export function ipv6Groups(text: string): number[] | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = groupsIn(text);
    return groups?.length === 8 ? groups : undefined;
  }
  if (text.includes('::', gap + 1)) return undefined;
  const tail = text.slice(gap + 2);
  // Dotted groups are the last of an address, so none may come before the gap.
  const before = gap === 0 ? [] : text.lastIndexOf('.', gap) < 0 ? groupsIn(text.slice(0, gap)) : undefined;
  const after = tail === '' ? [] : groupsIn(tail);
  const missing = 8 - (before?.length ?? 8) - (after?.length ?? 8);
  if (!before || !after || missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

const group = /^[0-9a-f]{1,4}$/i;
const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function groupsIn(text: string): number[] | undefined {
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (group.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const bytes = index === parts.length - 1 ? ipv4Bytes(part) : undefined;
      if (!bytes) return undefined;
      groups.push((bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!);
    }
  }
  return groups;
}

function ipv4Bytes(text: string): number[] | undefined {
  const parts = dotted.exec(text)?.slice(1);
  // A leading zero means octal to some and nothing to others.
  return parts?.every((part) => Number(part) < 256 && String(Number(part)) === part) ? parts.map(Number) : undefined;
}

/** As RFC 5952 wants it: lower case, no leading zeros, the first of the longest runs of zeros as `::`. */
export function ipv6Text(groups: readonly number[]): string {
  let [start, length] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
    if (to > from) from = to;
  }
  if (start < 0) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function hex(groups: readonly number[]): string {
  return groups.map((each) => each.toString(16)).join(':');
}
