import { TLSSocket } from 'node:tls';
import type { Reached } from '../steps/reach-steps.ts';
import { Skip, type Step } from '../steps/step.ts';
import { certificateFacts } from './certificate-facts.ts';
import type { Target } from './target.ts';

/** What the certificate says, where TLS begins with the first byte. */
export function certificateStep({ security }: Target, reached: Reached): Step {
  return {
    name: 'certificate',
    needed: 'by itself',
    async run() {
      if (reached.socket instanceof TLSSocket) return certificateFacts(reached.socket);
      throw new Skip(security === 'none' ? 'there is no TLS' : 'TLS begins with the login, which checks it');
    },
  };
}
