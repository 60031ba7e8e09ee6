import { exitCodes, Fault } from '../../errors.ts';
import { bytesBehind } from '../../journal/behind.ts';
import { firstSince } from '../../journal/first-since.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import { origin } from '../../journal/position.ts';
import type { Tail } from '../../journal/tail.ts';
import type { OutputView } from '../../monitor/sensor-view.ts';
import type { Dispatcher } from '../../outputs/dispatcher.ts';
import type { Quarantine } from '../../outputs/quarantine.ts';
import { nearest } from '../../text/nearest.ts';
import { printable } from '../../text/printable.ts';
import type { ThreadOperations } from '../thread-answers.ts';

export interface Steered {
  readonly dispatcher: Dispatcher;
  readonly quarantine: Quarantine;
}

export interface Named {
  readonly output: string;
}

/** What the outputs' thread can be asked for. */
export function dispatcherOperations(all: readonly Steered[], layout: JournalLayout, tail: Tail): ThreadOperations {
  const find = (name: string): Dispatcher => {
    const found = all.find(({ dispatcher }) => dispatcher.name === name);
    if (found) return found.dispatcher;
    const names = all.map(({ dispatcher }) => dispatcher.name);
    const meant = nearest(name, names);
    throw new Fault(`No output called ${printable(name)} runs in this sensor.`, {
      code: 'outputs.unknown',
      fix: meant ? `Did you mean ${meant}?` : `It runs ${names.join(', ')}.`,
      exit: exitCodes.usage,
    });
  };
  return {
    list: () => all.map((each) => stateOf(each, layout, tail)),
    pause({ output }: Named) {
      find(output).pause();
      return `${output} is paused; what comes in waits for it in the journal.`;
    },
    resume({ output }: Named) {
      find(output).resume();
      return `${output} goes on.`;
    },
    retry({ output }: Named) {
      find(output).retryNow();
      return `${output} tries again now.`;
    },
    forward({ output }: Named) {
      movable(find(output)).moveTo(tail.position);
      return `${output} skips to the end.`;
    },
    rewind({ output, since }: Named & { readonly since?: number }) {
      const dispatcher = movable(find(output));
      if (since === undefined) {
        dispatcher.moveTo(origin);
        return `${output} begins again at the oldest message.`;
      }
      const found = firstSince(layout, tail.position, since);
      dispatcher.moveTo(found?.at ?? tail.position);
      return found
        ? `${output} goes on with message ${found.id}, of ${found.receivedAt}.`
        : `${output} has nothing to do since then.`;
    },
  };
}

function movable(dispatcher: Dispatcher): Dispatcher {
  if (dispatcher.canMove) return dispatcher;
  throw new Fault(`${dispatcher.name} would count things twice if it were moved while it runs.`, {
    code: 'outputs.running',
    fix: 'Stop the sensor first, and do it then.',
  });
}

function stateOf({ dispatcher, quarantine }: Steered, layout: JournalLayout, tail: Tail): OutputView {
  const { position, id } = dispatcher.mark;
  const { delivered = 0, lastMinute = 0, failingSince, lastError } = dispatcher.account?.state() ?? {};
  const behind = bytesBehind(layout, position, tail.position);
  return {
    output: dispatcher.name,
    paused: dispatcher.isPaused,
    lastId: id ?? null,
    behindBytes: behind.bytes,
    oldest: behind.oldest,
    quarantined: quarantine.count(),
    delivered,
    lastMinute,
    failingSince: failingSince ?? null,
    lastError: lastError ?? null,
  };
}
