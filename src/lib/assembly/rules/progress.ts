export interface Progress {
  show(done: number, of: number | undefined): void;
  clear(): void;
}

const between = 100;

/** A line that counts on a terminal, a few times a second; nothing where nobody looks. */
export function progressOn(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number,
): Progress {
  let last = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(done, of) {
      if (!stream.isTTY || now() - last < between) return;
      last = now();
      isShown = true;
      stream.write(`\r${done}${of === undefined ? '' : ` of ${of}`} messages`);
    },
    clear() {
      if (isShown) stream.write('\r\x1b[K');
      isShown = false;
    },
  };
}
