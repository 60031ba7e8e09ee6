import type { TlsUse } from '../intake/mail-connection.ts';
import { forgetListenFds, listenFds } from '../net/listen-fds.ts';
import type { Listener } from './intake-service.ts';

/**
 * The sockets that systemd has opened for us, told apart by their FileDescriptorName. One with another name, such as
 * the name of the unit that every socket has by default, is for the first of the uses.
 */
export function passedListeners(uses: Readonly<Record<string, TlsUse>>): readonly Listener[] {
  const passed = listenFds({ pid: process.pid, env: process.env });
  forgetListenFds(process.env);
  const usual = Object.values(uses)[0]!;
  return passed.map(({ fd, name }) => ({ at: { fd, name }, tls: uses[name] ?? usual }));
}
