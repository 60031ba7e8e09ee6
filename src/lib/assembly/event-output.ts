import { Chalk } from 'chalk';
import type { TimedEvent } from '../events/event.ts';
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

/** Lines that can be held back while something else has the terminal. */
export interface TerminalOutput extends EventOutput {
  /** What happens from now on is not written. */
  quiet(): void;
  /** It is again; of what happened meanwhile the last so many lines come first. */
  loud(last: number): void;
}

const flushLimit = 1_000;

/** Events as lines for people, on a terminal that a console may take. */
export function eventsToTerminal(now: () => number): TerminalOutput {
  const hub = new EventHub(now);
  const render = humanLine(new Chalk());
  const writer = new LineWriter(process.stdout.fd, (count) => hub.emit({ event: 'events.dropped', count }));
  const write = (event: TimedEvent) => writer.write(render(event));
  let leave: (() => void) | undefined = hub.listen(write);
  return {
    hub,
    flush: () => writer.flush(flushLimit),
    quiet() {
      leave?.();
      leave = undefined;
    },
    loud(last) {
      if (last > 0) for (const event of hub.kept().slice(-last)) write(event);
      leave ??= hub.listenFromNow(write);
    },
  };
}

/** Events as lines on standard output: for people on a terminal, as JSON for programs. */
export function eventsToStdout(format: LogFormat, now: () => number): EventOutput {
  const hub = new EventHub(now);
  const json = format === 'json' || (format === 'auto' && !process.stdout.isTTY);
  const render = json ? jsonLine : humanLine(new Chalk());
  const writer = new LineWriter(process.stdout.fd, (count) => hub.emit({ event: 'events.dropped', count }));
  hub.listen((event) => writer.write(render(event)));
  return { hub, flush: () => writer.flush(flushLimit) };
}
