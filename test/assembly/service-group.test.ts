import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runServices, type Service } from '../../src/lib/assembly/service-group.ts';
import type { Event } from '../../src/lib/events/event.ts';

class Scene {
  readonly steps: string[] = [];
  readonly signals = new EventEmitter();
  readonly ready = Promise.withResolvers<void>();

  service(name: string, details: Partial<Service> = {}): Service {
    return {
      name,
      start: async () => void this.steps.push(`start ${name}`),
      stop: async () => void this.steps.push(`stop ${name}`),
      ...details,
    };
  }

  run(services: readonly Service[], drain = 60_000) {
    const emit = (event: Event) => {
      this.steps.push(event.event);
      if (event.event === 'ready') this.ready.resolve();
    };
    return runServices({ services, emit, dataDir: '/data', drain, signals: this.signals });
  }
}

/** A service with so much to end that it only ends when it has to. */
async function untilHurried(hurry: AbortSignal): Promise<void> {
  if (!hurry.aborted) await once(hurry, 'abort');
}

describe('a group of services', () => {
  it('starts in order, says ready, and stops in the opposite order', async () => {
    const scene = new Scene();
    const ended = scene.run([scene.service('a'), scene.service('b')]);
    await scene.ready.promise;
    scene.signals.emit('SIGTERM');
    expect(await ended).toBe(0);
    expect(scene.steps).toEqual(['start a', 'start b', 'ready', 'stopping', 'stop b', 'stop a', 'stopped']);
    expect(scene.signals.listenerCount('SIGTERM') + scene.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('stops what was started when one does not start, and never says ready', async () => {
    const scene = new Scene();
    const fault = new Error('no port');
    const ended = scene.run([
      scene.service('a'),
      scene.service('b', { start: () => Promise.reject(fault) }),
      scene.service('c'),
    ]);
    await expect(ended).rejects.toBe(fault);
    expect(scene.steps).toEqual(['start a', 'stopping', 'stop b', 'stop a', 'stopped']);
  });

  it('stops everything at the first fatal fault', async () => {
    const scene = new Scene();
    let fail: (error: unknown) => void = () => undefined;
    const ended = scene.run([scene.service('a', { start: async (fatal) => void (fail = fatal) }), scene.service('b')]);
    await scene.ready.promise;
    fail(new Error('the disk is gone'));
    await expect(ended).rejects.toThrow('the disk is gone');
    expect(scene.steps.slice(-4)).toEqual(['stopping', 'stop b', 'stop a', 'stopped']);
  });

  it('hurries at the second signal, and tells that it was interrupted', async () => {
    const scene = new Scene();
    const slow = scene.service('slow', { stop: untilHurried });
    const ended = scene.run([slow]);
    await scene.ready.promise;
    scene.signals.emit('SIGINT');
    scene.signals.emit('SIGINT');
    expect(await ended).toBe(130);
  });

  it('hurries when the time to drain is over', async () => {
    const scene = new Scene();
    const slow = scene.service('slow', { stop: untilHurried });
    const ended = scene.run([slow], 1);
    await scene.ready.promise;
    scene.signals.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('does not start what comes after a signal', async () => {
    const scene = new Scene();
    const ended = scene.run([
      scene.service('a', { start: async () => void scene.signals.emit('SIGTERM') }),
      scene.service('b'),
    ]);
    expect(await ended).toBe(0);
    expect(scene.steps).not.toContain('start b');
    expect(scene.steps).not.toContain('ready');
  });
});
