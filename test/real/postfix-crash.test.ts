import { expect, test } from 'vitest';
import { capturesOnDisk } from '../support/journals.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { Expected, numbered, submit } from './letters.ts';
import { postfixBefore, promised, withPostfix } from './postfix.ts';

/** What is tried again at once, and not after minutes. */
const impatient = {
  minimal_backoff_time: '1s',
  maximal_backoff_time: '1s',
  queue_run_delay: '1s',
  transport_retry_time: '1s',
};

/** Postfix delivers so many messages at a time unless it is told otherwise. */
const atATime = 20;
const messages = 800;

/** A disk on which every write takes a while: who promises too early has time to be caught. */
const slowDisk = (file: string) => {
  const calls = ['-e', 'trace=pwrite64', '-e', 'inject=pwrite64:delay_enter=100000'];
  return ['--seccomp-bpf', ...calls, '-e', 'signal=none', '-o', file];
};

withPostfix('strace')('a catch-all that is killed', () => {
  test('has all that Postfix was promised, and gets the rest when it is back', async () => {
    const dataDir = newDataDir();
    const strace = slowDisk(`${dataDir}.trace`);
    const killed = await Sensor.start({ command: 'serve-lmtp', dataDir, strace });
    const { port } = killed;
    const postfix = await postfixBefore({ port }, impatient);
    const expected = new Expected();
    const letters = [...numbered(0, messages)];
    for (const { to, content } of letters) expected.add(to, content);
    const submitted = submit(postfix.port, 10, letters.values());
    await postfix.logged(/ status=sent /, 200);
    expect(await killed.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    // Until now nothing was deferred: what is sent by the time of the first deferral was promised before the end.
    await postfix.logged(/ status=deferred /);
    const before = promised(postfix);
    expect(before.length).toBeGreaterThan(0);
    const kept = new Set(capturesOnDisk(dataDir).map(({ facts }) => facts.queueId));
    expect(before.filter(({ queueId }) => !kept.has(queueId))).toEqual([]);

    const back = await Sensor.start({ command: 'serve-lmtp', dataDir, port });
    await submitted;
    await postfix.emptied(messages);
    expect(postfix.queue()).toEqual([]);
    expect(await back.stop()).toEqual({ code: 0, signal: null, stderr: '' });
    const captures = capturesOnDisk(dataDir);
    const { surplus, ...rest } = expected.audit(captures);
    expect(rest).toEqual({ missing: [], unexpected: [], altered: [] });
    // Each copy was promised once; those that came twice are messages whose promise did not reach Postfix.
    const known = new Set(captures.map(({ facts }) => facts.queueId));
    const all = promised(postfix);
    expect(all.filter(({ queueId }) => !known.has(queueId))).toEqual([]);
    expect(all.map(({ recipient }) => recipient).toSorted()).toEqual(letters.flatMap(({ to }) => to).toSorted());
    const told = new Set(all.map(({ queueId }) => queueId));
    const unheard = captures.filter(({ facts }) => !told.has(facts.queueId ?? ''));
    expect(unheard.length).toBeLessThanOrEqual(atATime);
    expect(unheard.reduce((sum, { facts }) => sum + facts.envelope.to.length, 0)).toBe(surplus);
    await postfix.stop();
  });
});
