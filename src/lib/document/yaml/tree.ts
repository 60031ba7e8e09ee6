import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { printableWithin } from '../../text/printable.ts';
import type { FaultList } from '../faults.ts';
import type { Origin, Written, WrittenEntry, WrittenScalar } from '../written.ts';
import { createAnchors, type Weighed } from './anchors.ts';
import { offsetOf } from './offsets.ts';
import { type Pairs, pairsInto } from './pairs.ts';
import type { Places } from './places.ts';
import { Unreadable } from './unreadable.ts';

interface OpenCollection extends Pairs {
  readonly value: Written;
  readonly anchor: string;
  weight: number;
}

/** Builds, from the events of the parser, a tree in which every value and every key knows its place. */
export function treeOf(
  events: readonly Event[],
  source: string,
  places: Places,
  faults: FaultList,
): Written | undefined {
  const anchors = createAnchors();
  const open: OpenCollection[] = [];
  let root: Written | undefined;
  let offset = 0;

  function place({ value, weight }: Weighed): void {
    const parent = open.at(-1);
    if (parent === undefined) {
      if (root !== undefined) throw new Unreadable(value.origin, 'a second document; the file holds only one');
      root = value;
      return;
    }
    parent.weight += weight;
    parent.take(value);
  }

  function complete(anchor: string, weighed: Weighed): void {
    anchors.keep(anchor, weighed);
    place(weighed);
  }

  function repeated({ origin }: WrittenScalar, first: WrittenEntry): void {
    const path = open.map((collection) => collection.pendingKey()).filter((key) => key !== undefined);
    const key = printableWithin(path.join('.'), 80);
    faults.add({ origin: origin.text, key, problem: `written twice; the first is at ${first.keyOrigin.text}` });
  }

  function begin(event: Event, origin: Origin, anchor: string): void {
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Written[] = [];
      const list: Pairs = { take: (item) => void items.push(item), pendingKey: () => undefined };
      open.push({ ...list, value: { form: 'list', origin, items }, anchor, weight: 1 });
    } else {
      const entries = new Map<string, WrittenEntry>();
      open.push({ ...pairsInto(entries, repeated), value: { form: 'map', origin, entries }, anchor, weight: 1 });
    }
  }

  for (const event of events) {
    offset = offsetOf(event) ?? offset;
    const origin = places.origin(offset);
    const anchor = 'anchorStart' in event ? source.slice(event.anchorStart, event.anchorEnd) : '';
    refuseTag(event, origin);
    switch (event.type) {
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        begin(event, origin, anchor);
        break;
      case EVENT_ID.SCALAR:
        complete(anchor, { value: scalarOf(event, source, origin), weight: 1 });
        break;
      case EVENT_ID.ALIAS:
        place(anchors.unfold(anchor, origin));
        break;
      case EVENT_ID.POP: {
        const closed = open.pop();
        // The last POP closes the document, which is nothing we opened.
        if (closed !== undefined) complete(closed.anchor, closed);
        break;
      }
    }
  }
  return root;
}

/** What looks like a tag is often a password that nobody quoted, so the fault does not repeat it. */
function refuseTag(event: Event, origin: Origin): void {
  if (!('tagStart' in event) || event.tagStart < 0) return;
  throw new Unreadable(origin, 'tags (!…) have no meaning here; put text that begins with "!" in quotes');
}

const nothing = new Set(['', '~', 'null', 'Null', 'NULL']);

function scalarOf(event: ScalarEvent, source: string, origin: Origin): WrittenScalar {
  const text = getScalarValue(source, event);
  return { form: 'scalar', origin, text, empty: event.style === SCALAR_STYLE.PLAIN && nothing.has(text) };
}
