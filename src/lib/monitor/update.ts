import type { TimedEvent } from '../events/event.ts';
import type { Campaign } from '../index/campaigns/campaign.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ConsoleState } from './console-state.ts';
import type { Effect } from './effect.ts';
import { whileReading } from './keys/reading.ts';
import { typed } from './keys/typing.ts';
import { inView } from './keys/view.ts';
import { leave } from './leave.ts';
import { looks } from './looks.ts';
import type { Press } from './press.ts';
import { answered } from './questions.ts';
import { afterEvents } from './recent.ts';
import type { PlaceOf } from './rows.ts';
import type { Document, MailboxView, ProbeView, SensorView } from './sensor-view.ts';
import { only, type Step } from './step.ts';

/** What happens to a console. */
export type Happening =
  | { readonly is: 'events'; readonly events: readonly TimedEvent[] }
  | {
      readonly is: 'pressed';
      readonly press: Press;
      /** Those of the screen between its frame. */ readonly rows: number;
    }
  | { readonly is: 'second' }
  | { readonly is: 'state'; readonly sensor: SensorView }
  | { readonly is: 'probes'; readonly probes: readonly ProbeView[] }
  | { readonly is: 'mailboxes'; readonly mailboxes: readonly MailboxView[] }
  | { readonly is: 'campaigns'; readonly campaigns: readonly Campaign[]; readonly are: string }
  | { readonly is: 'cluster'; readonly cluster: ClusterView | undefined; readonly clusterIs: string }
  | { readonly is: 'opened'; readonly document: Document; readonly effect: Extract<Effect, { do: 'open' }> }
  | { readonly is: 'said'; readonly text: string }
  | { readonly is: 'gone'; readonly why: string };

/** All that a console does, as one pure function: what it is after something has happened, and what is to be done. */
export function update(state: ConsoleState, happening: Happening, placeOf: PlaceOf = () => ''): Step {
  switch (happening.is) {
    case 'events':
      return only({ ...state, recent: afterEvents(state.recent, happening.events, placeOf) });
    case 'second':
      return { state, effects: state.gone === undefined ? looks(state) : [] };
    case 'state':
      return only({ ...state, sensor: happening.sensor });
    case 'probes':
      return only({ ...state, probes: happening.probes });
    case 'mailboxes':
      return only({ ...state, mailboxes: happening.mailboxes });
    case 'campaigns':
      return only({ ...state, campaigns: happening.campaigns, campaignsAre: happening.are });
    case 'cluster':
      return only({ ...state, cluster: happening.cluster, clusterIs: happening.clusterIs });
    case 'opened':
      return only(opened(state, happening));
    case 'said':
      return only({ ...state, said: happening.text });
    case 'gone':
      // Who began with the sensor ends with it.
      return {
        state: { ...state, gone: happening.why, said: '' },
        effects: state.tie === 'with-sensor' ? [{ do: 'leave' }] : [],
      };
    case 'pressed':
      return pressed(state, happening.press, happening.rows);
  }
}

function opened(state: ConsoleState, { document, effect }: Extract<Happening, { is: 'opened' }>): ConsoleState {
  const { reading } = state;
  const isSame = reading?.effect.what === effect.what && reading.effect.id === effect.id;
  if (isSame) return { ...state, reading: { ...reading, document } };
  return { ...state, reading: { document, effect, page: 0, from: 0 }, said: '' };
}

function pressed(state: ConsoleState, press: Press, rows: number): Step {
  if (press.key === 'interrupt') return leave(state);
  if (state.typing) return typed(state, press);
  if (state.question) return answered(state, press);
  if (state.help === 'shown') return only({ ...state, help: 'hidden' });
  if (state.reading) return whileReading(state, press, rows);
  return inView(state, press, rows);
}
