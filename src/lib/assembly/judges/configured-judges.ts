import type { Settings } from '../../config/schema.ts';
import { Clamd } from '../../judge/clamd.ts';
import type { Judge } from '../../judge/judge.ts';
import { Rspamd } from '../../judge/rspamd.ts';
import { SenderJudge } from '../../judge/sender.ts';
import { Spamd } from '../../judge/spamd.ts';

type JudgeSettings = Settings['judges'];

/** Those whom the operator named. */
export function configuredJudges({ spamd, rspamd, clamd, sender }: JudgeSettings, host: string): readonly Judge[] {
  return [
    ...at(spamd, (place) => new Spamd(place)),
    ...at(rspamd, (place) => new Rspamd(place)),
    ...at(clamd, (place) => new Clamd(place)),
    ...(sender.check ? [new SenderJudge({ resolvers: sender.resolvers ?? [], host })] : []),
  ];
}

function at(
  { host, port }: JudgeSettings['spamd'],
  judge: (place: { readonly host: string; readonly port: number }) => Judge,
): readonly Judge[] {
  return port === 'off' ? [] : [judge({ host, port })];
}
