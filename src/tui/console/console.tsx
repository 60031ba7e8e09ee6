import { render, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useReducer, useRef } from 'react';
import { newConsole, type Tie } from '../../lib/monitor/console-state.ts';
import type { Effect } from '../../lib/monitor/effect.ts';
import type { PlaceOf } from '../../lib/monitor/rows.ts';
import { bodyRows, screen } from '../../lib/monitor/screen.ts';
import { update, type Happening } from '../../lib/monitor/update.ts';
import { ConsoleScreen } from './console-screen.tsx';
import { pressesOf } from './presses.ts';

/** The sensor behind a console: what happens there, and how to have something done. */
export interface Sensor {
  /** Everything that happens from now on, until the returned function is called. */
  watch(happened: (happening: Happening) => void): () => void;
  /** Does it; what comes of it happens. */
  perform(effect: Exclude<Effect, { do: 'leave' }>): void;
  readonly placeOf: PlaceOf;
}

/** Frames in a second while things happen. A key is answered at once. */
const frameEvery = 125;

/** Shows the sensor until the user leaves. */
export async function openConsole(sensor: Sensor, tie: Tie): Promise<void> {
  await render(<Console sensor={sensor} tie={tie} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    maxFps: 30,
  }).waitUntilExit();
}

export function Console({ sensor, tie }: { readonly sensor: Sensor; readonly tie: Tie }) {
  const { exit } = useApp();
  const size = useWindowSize();
  const [, draw] = useReducer((frame: number) => frame + 1, 0);
  // Not React's state: what is done here is done once, and thousands of events make one frame.
  const now = useRef(newConsole(tie));

  const happen = (happening: Happening) => {
    const { state, effects } = update(now.current, happening, sensor.placeOf);
    now.current = state;
    for (const effect of effects) {
      if (effect.do === 'leave') exit();
      else sensor.perform(effect);
    }
  };

  useEffect(() => {
    let isStale = false;
    const timer = setInterval(() => {
      if (isStale) draw();
      isStale = false;
    }, frameEvery);
    const leave = sensor.watch((happening) => {
      happen(happening);
      isStale = true;
    });
    return () => {
      clearInterval(timer);
      leave();
    };
  }, [sensor]);

  useInput((input, key) => {
    for (const press of pressesOf(input, key)) happen({ is: 'pressed', press, rows: bodyRows(size) });
    draw();
  });

  return <ConsoleScreen lines={screen(now.current, size)} />;
}
