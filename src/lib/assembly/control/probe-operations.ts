import type { Settings } from '../../config/schema.ts';
import type { Operations } from '../../control/attendant.ts';
import { ProbeTools } from '../probe-tools.ts';
import { probeDetails, probeLine } from '../probe-text.ts';
import { optionalTextOf, textOf } from './given.ts';

/** The probe desk, as those use it who watch a sensor. */
export function probeOperations(settings: Settings): Operations {
  let tools: ProbeTools | undefined;
  const desk = () => (tools ??= new ProbeTools(settings));
  const lineOf = (id: string) => ({ id, state: desk().show(id).probe.state, line: probeLine(desk().show(id).probe) });
  return {
    'probes.list': () =>
      desk()
        .waiting()
        .map((probe) => ({ id: probe.id, state: probe.state, line: probeLine(probe) })),
    /** What is known of one, and where it would go; DNS is asked because somebody looks. */
    async 'probes.show'(given) {
      const id = textOf(given, 'id');
      const shown = desk().show(id);
      const routes = given['resolve'] === true ? { routes: await desk().routes(shown.probe) } : {};
      const details = { ...shown, budget: desk().budget(), content: desk().contentOf(id), ...routes };
      return { ...lineOf(id), details: [...probeDetails(details)] };
    },
    'probes.approve'(given) {
      return `Probe ${desk().approve(textOf(given, 'id'), textOf(given, 'by')).id} is approved.`;
    },
    'probes.deny'(given) {
      const probe = desk().deny(textOf(given, 'id'), textOf(given, 'by'), optionalTextOf(given, 'why'));
      return `Probe ${probe.id} is denied.`;
    },
  };
}
