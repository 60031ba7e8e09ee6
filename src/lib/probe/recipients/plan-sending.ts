import type { PeerText } from '../../capture/capture.ts';
import type { Decision } from '../probe.ts';
import type { RelayMode } from '../relay-mode.ts';
import { chooseRecipients, type Choice, type RecipientPolicy } from './choose-recipients.ts';
import { readMailbox } from './mailbox.ts';
import type { RecipientLists } from './recipient-lists.ts';

/** How probes are sent. In the mode `test` there is one recipient for all of them. */
export type Sending =
  | { readonly mode: Exclude<RelayMode, 'test'>; readonly policy: RecipientPolicy }
  | { readonly mode: 'test'; readonly policy: RecipientPolicy; readonly recipient: string };

/** What the policy makes of an approved probe; the budget has not been asked yet. */
export type Plan =
  | { readonly is: 'hold'; readonly why: string }
  | { readonly is: 'refuse'; readonly why: string; readonly choices: readonly Choice[] }
  | { readonly is: 'send'; readonly choices: readonly Choice[] };

export interface Approved {
  readonly to: readonly PeerText[];
  readonly size: number;
  readonly decision: Decision;
}

export function planSending({ to, size, decision }: Approved, sending: Sending): Plan {
  const { mode, policy } = sending;
  if (mode === 'off') return { is: 'hold', why: 'relaying is off' };
  // What was meant for a sandbox must not go out because the sensor was started in another way.
  if (decision.under !== mode) {
    return { is: 'hold', why: `it was approved when the mode was ${decision.under}, and now it is ${mode}` };
  }
  const choices = chooseFor(to, sending);
  const wanted = choices.filter((choice) => choice.is === 'wanted').length;
  if (wanted === 0) return { is: 'refuse', why: 'nothing may be sent to any of its recipients', choices };
  if (size > policy.largest) {
    const why = `its ${size} bytes are more than the ${policy.largest} that may be sent`;
    return { is: 'refuse', why, choices: choices.map(({ place }) => ({ is: 'refused', place, why })) };
  }
  if (wanted > 1 && policy.many === 'hold' && decision.is === 'automatic') {
    return { is: 'hold', why: `it has ${wanted} recipients, which an operator has to approve` };
  }
  return { is: 'send', choices };
}

function chooseFor(to: readonly PeerText[], sending: Sending): readonly Choice[] {
  const { many, lists } = sending.policy;
  if (sending.mode !== 'test') return chooseRecipients(to, many === 'first' ? 'first' : 'all', lists);
  const { recipient } = sending;
  return chooseRecipients(to, 'first', lists).map((choice) =>
    choice.is === 'wanted' ? insteadOf(choice.place, recipient, lists) : choice,
  );
}

function insteadOf(place: number, recipient: string, lists: RecipientLists): Choice {
  const mailbox = readMailbox(recipient);
  const objection = mailbox ? lists.objection(mailbox) : 'it is no plain address (name@domain)';
  if (mailbox && objection === undefined) return { is: 'wanted', place, mailbox };
  return { is: 'refused', place, why: `nothing may be sent to the recipient of the mode test: ${objection}` };
}
