import { Chalk } from 'chalk';
import { EventHub } from '../events/hub.ts';
import { humanLine, jsonLine } from '../events/lines.ts';
import { LineWriter } from '../events/line-writer.ts';

export type LogFormat = 'auto' | 'json' | 'human';

export interface EventOutput {
  readonly hub: EventHub;
  /** Writes what is still waiting, as far as somebody reads it. */
  readonly flush: () => Promise<void>;
}

/** Nothing is written: whoever runs has its own way to show what happens. */
export function eventsToNobody(now: () => number): EventOutput {
  return { hub: new EventHub(now), flush: async () => undefined };
}

const flushLimit = 1_000;

/** Events as lines on standard output: for people on a terminal, as JSON for programs. */
export function eventsToStdout(format: LogFormat, now: () => number): EventOutput {
  const hub = new EventHub(now);
  const json = format === 'json' || (format === 'auto' && !process.stdout.isTTY);
  const render = json ? jsonLine : humanLine(new Chalk());
  const writer = new LineWriter(process.stdout.fd, (count) => hub.emit({ event: 'events.dropped', count }));
  hub.listen((event) => writer.write(render(event)));
  return { hub, flush: () => writer.flush(flushLimit) };
}
