import { randomBytes, randomInt } from 'node:crypto';
import { createIdSource } from '../capture/id.ts';
import type { IntakeSettings } from '../intake/intake-settings.ts';
import type { ListenAt } from '../intake/listen-at.ts';
import { MailIntake } from '../intake/mail-intake.ts';
import type { TlsUse } from '../intake/mail-connection.ts';
import { queueIds } from '../smtp/queue-id.ts';
import type { Surroundings } from './sensor.ts';
import type { Service } from './service-group.ts';

export interface Listener {
  readonly at: ListenAt;
  readonly tls: TlsUse;
}

/** What differs from one mail intake to another. */
export interface IntakePlan extends Omit<IntakeSettings, 'journal' | 'emit' | 'newSessionId' | 'newQueueId' | 'now'> {
  readonly listeners: readonly Listener[];
  /** Ends what the plan has begun. */
  readonly close?: () => void;
}

/** A mail intake as a service; what it needs from the machine is only fetched when it starts. */
export function intakeService(
  name: IntakeSettings['intake'],
  { journal, hub, dialogues }: Surroundings,
  plan: () => Promise<IntakePlan>,
): Service {
  let intake: MailIntake | undefined;
  let close: (() => void) | undefined;
  return {
    name,
    async start() {
      const ids = createIdSource(Date.now, randomInt);
      const { listeners, ...planned } = await plan();
      close = planned.close;
      intake = new MailIntake({
        ...planned,
        journal: journal.opened,
        emit: hub.emit,
        newSessionId: () => ids.next(),
        newQueueId: queueIds(planned.persona.queueId, { now: Date.now, randomInt }),
        now: Date.now,
      });
      dialogues.push((session) => intake?.dialogue(session));
      for (const { at, tls } of listeners) await intake.listen(at, tls);
    },
    async stop(hurry) {
      await intake?.close(hurry);
      close?.();
    },
  };
}

/** A CRAM challenge of the form that RFC 2195 shows and servers use. */
export function newChallenge(host: string): string {
  return `<${randomBytes(8).readBigUInt64BE()}.${Math.floor(Date.now() / 1000)}@${host}>`;
}
