import type { ConsoleState } from '../console-state.ts';
import { cell, cellRight, line, span, type Line } from '../line.ts';
import type { SessionRow } from '../rows.ts';
import type { Size } from '../size.ts';
import { list } from './list.ts';

/** Who is there and who was, and with what they tried to log in. */
export function sessions(state: ConsoleState, size: Size): readonly Line[] {
  const { columns } = size;
  const source = columns >= 120 ? 34 : 20;
  const rest = columns - 9 - 7 - source - 11 - 9 - 9;
  const head: Line = [
    cell('since', 9, 'dim'),
    cell('by', 7, 'dim'),
    cell('source', source, 'dim'),
    cell('state', 11, 'dim'),
    cellRight('messages', 9, 'dim'),
    cell('  tls', 9, 'dim'),
    span('  called itself, tried to log in as', rest, 'dim'),
  ];
  return list<SessionRow>(state, size, {
    head,
    row: ({ time, intake, peer, place, ended, messages, tls, helo, logins }) => [
      cell(time.slice(11, 19), 9, 'dim'),
      cell(intake, 7),
      cell(place === '' ? peer : `${peer} ${place}`, source),
      ended === undefined ? cell('open', 11, 'good') : cell(ended, 11, 'dim'),
      cellRight(String(messages), 9),
      cell(`  ${tls.replace('TLSv', '')}`, 9, 'dim'),
      span(`  ${helo}`, Math.min(rest, 26)),
      span(triedWords(logins), Math.max(rest - 26, 0), 'warning'),
    ],
    empty: 'Nobody has come yet.',
    about: ({ logins }) =>
      logins.length === 0
        ? []
        : [
            line(`${logins.length} ${logins.length === 1 ? 'login' : 'logins'} tried`, columns, 'dim'),
            ...logins
              .slice(-3)
              .map(({ mechanism, user, password }) => line(`  ${mechanism}  ${user}  ${password}`, columns, 'warning')),
          ],
  });
}

function triedWords(logins: SessionRow['logins']): string {
  const last = logins.at(-1);
  return last === undefined ? '' : ` ${last.user}:${last.password}${logins.length > 1 ? ` +${logins.length - 1}` : ''}`;
}
