import { portNumber } from './names.ts';
import { quoted, wrongFlag } from './wrong-flag.ts';

export function readPort(flag: string, given: string): number {
  return portNumber(given) ?? wrongFlag(flag, `${quoted(given)} is no port.`, 'Use a number from 1 to 65535.');
}

export function readPortOrOff(flag: string, given: string): number | 'off' {
  return given === 'off' ? 'off' : readPort(flag, given);
}
