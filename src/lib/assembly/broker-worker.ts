// The broker's thread, within a sensor.
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../errors.ts';
import { OpenBroker, type BrokerStart } from './open-broker.ts';
import { answerIn } from './thread-answers.ts';
import { gatheredEvents } from './thread-events.ts';
import type { FromThread, ToThread } from './thread-service.ts';
import { yieldToIntake } from './yield-to-intake.ts';

const port = parentPort!;
const post = (message: FromThread) => port.postMessage(message);
const { emit, flush } = gatheredEvents((events) => post({ events }));

// Its subscribers can wait a little; peers of the relay would notice.
yieldToIntake(10);

try {
  const broker = await OpenBroker.open(workerData as BrokerStart, emit);
  flush();
  post({ ready: broker.within });
  const operations = { metrics: () => broker.expose() };
  const hurry = new AbortController();
  const stopped = Promise.withResolvers<void>();
  port.on('message', (message: ToThread) => {
    if ('ask' in message) return void answerIn(operations, message).then(post);
    if (message.stop === 'now') hurry.abort();
    stopped.resolve();
  });
  await stopped.promise;
  await broker.close(hurry.signal);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  const { message, code, fix, exit } = error;
  post({ fault: { message, code, fix, exit } });
}
flush();
port.close();
