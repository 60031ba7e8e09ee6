// Writes the database format of MaxMind (maxmind.github.io/MaxMind-DB), as little of it as a test needs: IPv4 networks
// of whole octets, and values that are texts, numbers and objects of these.

type Value = string | number | { readonly [key: string]: Value };

const marker = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');
const recordBits = 24;

/** A file that has these values for these networks, named by their first octet. */
export function mmdb(networks: Readonly<Record<number, Value>>): Buffer {
  const nodes: [number | Value | undefined, number | Value | undefined][] = [[undefined, undefined]];
  for (const [octet, value] of Object.entries(networks)) {
    let node = 0;
    for (let bit = 7; bit >= 0; bit--) {
      const side = (Number(octet) >> bit) & 1;
      if (bit === 0) nodes[node]![side] = value;
      else {
        if (typeof nodes[node]![side] !== 'number') {
          nodes.push([undefined, undefined]);
          nodes[node]![side] = nodes.length - 1;
        }
        node = nodes[node]![side] as number;
      }
    }
  }
  const data: Buffer[] = [];
  let dataLength = 0;
  const tree = nodes.flatMap((node) =>
    node.map((record) => {
      if (record === undefined) return nodes.length;
      if (typeof record === 'number') return record;
      const at = dataLength;
      const bytes = encoded(record);
      data.push(bytes);
      dataLength += bytes.length;
      return nodes.length + 16 + at;
    }),
  );
  const records = tree.map((record) => Buffer.from([record >> 16, (record >> 8) & 255, record & 255]));
  const metadata = encoded({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    ip_version: 4,
    node_count: nodes.length,
    record_size: recordBits,
  });
  return Buffer.concat([...records, Buffer.alloc(16), ...data, marker, metadata]);
}

function encoded(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, each]) => [encoded(key), encoded(each)]),
  ]);
}

function control(type: number, size: number): Buffer {
  if (size < 29) return Buffer.of((type << 5) | size);
  return Buffer.of((type << 5) | 29, size - 29);
}
