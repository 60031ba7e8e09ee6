import type { Settings } from '../../config/schema.ts';
import { ControlClient } from '../../control/control-client.ts';
import { tryPort, type PortTried } from '../../net/try-port.ts';
import { relayListeners } from '../relay-listeners.ts';
import type { SensorState } from '../control/sensor-state.ts';
import { StepFault, type Examined } from '../steps/step.ts';
import { looks } from './examined.ts';
import type { Command } from './command.ts';

export interface Wanted {
  readonly of: string;
  readonly address: string;
  readonly port: number;
}

/** Where a command would listen, as it is configured. */
export function wantedPorts(command: Command, { relay, lmtp, broker, health }: Settings): readonly Wanted[] {
  const wanted: Wanted[] = [];
  const add = (of: string, addresses: readonly string[], port: number) => {
    for (const address of addresses) wanted.push({ of, address, port });
  };
  if (command === 'serve' || command === 'serve-relay') {
    for (const { at } of relayListeners(relay)) if ('port' in at) add('relay', [at.address], at.port);
  }
  if ((command === 'serve' || command === 'serve-lmtp') && lmtp.socket === undefined) add('lmtp', lmtp.bind, lmtp.port);
  if (command === 'broker' || (command === 'serve' && broker.embed)) add('broker', broker.bind, broker.port);
  if (command !== 'broker' && health.port !== 'off') add('health', [health.bind], health.port);
  return wanted.filter(({ port }) => port !== 0);
}

/** Whether each port can be had. One that a running sensor of the same data directory has is where it belongs. */
export function portChecks(command: Command, settings: Settings, dataDir: string): Examined {
  let own: Promise<readonly Wanted[]> | undefined;
  const steps = wantedPorts(command, settings).map((wanted) => ({
    name: `${wanted.of} on ${wanted.address} port ${wanted.port}`,
    async run() {
      const tried = await tryPort(wanted.address, wanted.port);
      own ??= portsOfRunning(dataDir);
      if (tried === 'taken' && (await own).some(({ port }) => port === wanted.port))
        return 'the sensor that runs has it';
      return judgePort(wanted, tried);
    },
  }));
  return looks('ports', command, steps);
}

/** What is to be said of a port. */
export function judgePort({ address, port }: Wanted, tried: PortTried): string {
  switch (tried) {
    case 'free':
      return 'is free';
    case 'taken':
      throw new StepFault(
        'another program listens there',
        `"ss -ltnp sport = :${port}" tells which. Stop it, or choose another port.`,
      );
    case 'forbidden':
      throw new StepFault(
        port < 1024 ? 'ports below 1024 need a privilege' : 'the system does not allow it',
        'Let systemd open it (deploy/ has units), grant CAP_NET_BIND_SERVICE, or redirect it to a port above 1023.',
      );
    case 'no such address':
      throw new StepFault(`this machine has no address ${address}`, 'Choose one that "ip address" shows, or 0.0.0.0.');
    case 'unusable':
      throw new StepFault('nobody can listen there', 'Check the address.');
  }
}

async function portsOfRunning(dataDir: string): Promise<readonly Wanted[]> {
  const client = await ControlClient.connect(dataDir).catch(() => undefined);
  try {
    return client ? (await client.ask<SensorState>('state')).listening : [];
  } finally {
    client?.close();
  }
}
