import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/lib/monitor/effect.ts';
import type { Happening } from '../../src/lib/monitor/update.ts';
import { Console, type Sensor } from '../../src/tui/console/console.tsx';
import { accepted, timed } from '../monitor/events.ts';
import { hostileTexts, tellHostile, unsafe } from '../monitor/hostile.ts';
import { Scene, sensorView } from '../monitor/scene.ts';

/** A sensor that only exists for this console. */
class Played implements Sensor {
  readonly done: Effect[] = [];
  readonly placeOf = () => '';
  happens: (happening: Happening) => void = () => undefined;
  isWatched = false;

  watch(happened: (happening: Happening) => void): () => void {
    this.happens = happened;
    this.isWatched = true;
    return () => (this.isWatched = false);
  }

  perform(effect: Effect): void {
    this.done.push(effect);
  }
}

async function open(tie: 'attached' | 'with-sensor' = 'attached') {
  const sensor = new Played();
  const { stdin, frames, lastFrame, unmount } = render(<Console sensor={sensor} tie={tie} />);
  const drawn = async (fits: (frame: string) => boolean) => {
    for (let turn = 0; turn < 2_000 && !fits(lastFrame() ?? ''); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return lastFrame() ?? '';
  };
  await drawn(() => sensor.isWatched);
  return { sensor, stdin, frames, lastFrame, drawn, unmount };
}

// Ink's own: colours, and where a line is cleared or the cursor is moved.
const own = /\u001b\[[\d;?]*[A-Za-z]/g;

describe('the console', () => {
  it('draws what happens, and answers keys', async () => {
    const { sensor, stdin, drawn, unmount } = await open();
    sensor.happens({ is: 'state', sensor: sensorView() });
    sensor.happens({ is: 'events', events: timed(accepted({ subject: 'cheap pills' })) });
    stdin.write('2');
    expect(await drawn((frame) => frame.includes('cheap pills'))).toContain('spammer@');
    stdin.write('\r');
    await drawn(() => sensor.done.some((effect) => effect.do === 'open'));
    expect(sensor.done).toContainEqual(expect.objectContaining({ do: 'open', what: 'message' }));
    unmount();
    expect(sensor.isWatched).toBe(false);
  });

  it('makes of thousands of events a few frames', async () => {
    const { sensor, frames, drawn, stdin, unmount } = await open();
    stdin.write('2');
    await drawn((frame) => frame.includes('No message yet'));
    const before = frames.length;
    for (let batch = 0; batch < 200; batch++) {
      sensor.happens({ is: 'events', events: timed(...Array.from({ length: 25 }, () => accepted())) });
    }
    sensor.happens({ is: 'events', events: timed(accepted({ subject: 'the last one' })) });
    await drawn((frame) => frame.includes('the last one'));
    expect(frames.length - before).toBeLessThan(20);
    unmount();
  });

  it('takes several keys that come at once, one after the other', async () => {
    const { stdin, drawn, unmount } = await open();
    stdin.write('2/abc');
    expect(await drawn((frame) => frame.includes('/abc'))).toContain('messages*');
    unmount();
  });

  it.each(hostileTexts.map((text, index) => [index, text] as const))(
    'writes nothing of hostile text %i that a terminal acts on, in any view',
    async (_, text) => {
      const { sensor, stdin, frames, drawn, unmount } = await open();
      const scene = new Scene();
      scene.happens = (happening) => {
        sensor.happens(happening);
        return scene;
      };
      tellHostile(scene, text);
      for (const key of '123456789') {
        const before = frames.length;
        stdin.write(key);
        await drawn(() => frames.length > before);
      }
      sensor.happens({
        is: 'opened',
        effect: { do: 'open', what: 'message', id: text },
        document: { title: text, pages: [{ name: text, lines: [text] }] },
      });
      await drawn((frame) => frame.includes('esc back'));
      unmount();
      for (const frame of frames) {
        for (const line of frame.replaceAll(own, '').split('\n')) expect(unsafe.exec(line)?.[0]).toBeUndefined();
      }
    },
  );
});
