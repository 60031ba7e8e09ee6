import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Settings } from '../../config/schema.ts';
import { Fault } from '../../errors.ts';
import { checkCertificate, readFiles } from '../../tls/certificate.ts';
import { Skip, StepFault, StepWarning, type Examined } from '../steps/step.ts';
import type { Command } from './command.ts';
import { looks } from './examined.ts';

const day = 86_400_000;
const soon = 21 * day;

type TlsSettings = Pick<Settings['relay']['tls'], 'cert' | 'key' | 'offer'>;

/** The certificates that would be shown to peers. */
export function certificateChecks(command: Command, { relay, broker }: Settings, dataDir: string): Examined {
  const steps = [
    ...(command === 'serve' || command === 'serve-relay' ? [certificateStep('relay', relay.tls, dataDir)] : []),
    ...(command === 'serve' || command === 'broker' ? [certificateStep('broker', broker.tls, dataDir)] : []),
  ];
  return looks('certificates', command, steps);
}

function certificateStep(name: string, { cert, key, offer }: TlsSettings, dataDir: string) {
  return {
    name,
    async run() {
      if (offer !== 'yes') throw new Skip('no TLS is offered');
      if (cert === undefined) {
        const made = existsSync(join(dataDir, 'tls'));
        return `one of its own${made ? '' : ', made at the first start'}; senders of mail take any`;
      }
      try {
        const files = { cert, key: key ?? cert };
        const { parsed } = checkCertificate(readFiles(files), files);
        return judgeValidity(parsed.validFromDate.getTime(), parsed.validToDate.getTime(), Date.now());
      } catch (error) {
        if (error instanceof Fault) throw new StepFault(error.message.replace(/\.$/, ''), error.fix);
        throw error;
      }
    },
  };
}

export function judgeValidity(from: number, until: number, now: number): string {
  const date = (moment: number) => new Date(moment).toISOString().slice(0, 10);
  if (now < from)
    throw new StepFault(`it is good from ${date(from)} on`, 'Check the clock, or take another certificate.');
  if (now > until)
    throw new StepFault(`it has expired on ${date(until)}`, 'Renew it; a running sensor takes it up by itself.');
  if (until - now < soon) {
    const days = Math.floor((until - now) / day);
    throw new StepWarning(
      `it expires in ${days} days, on ${date(until)}`,
      'Renew it; a running sensor takes it up by itself.',
    );
  }
  return `it is good until ${date(until)}`;
}
