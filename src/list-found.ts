import type { Command } from '@oclif/core';
import type { Listing } from './lib/assembly/look-back/list.ts';
import type { LookBack } from './lib/assembly/look-back/open-look-back.ts';

interface Wanted {
  readonly json: boolean;
  readonly csv: boolean;
  readonly ids?: boolean;
}

/** Prints what was found, in the form that flags ask for. */
export async function listTo(command: Command, lookBack: LookBack, listing: Listing, wanted: Wanted): Promise<void> {
  const { list } = await import('./lib/assembly/look-back/list.ts');
  const { foundLine } = await import('./lib/assembly/look-back/found-line.ts');
  const { csvHead, csvRow } = await import('./lib/assembly/look-back/found-csv.ts');
  const { total, entries } = list(lookBack, listing);
  if (wanted.csv) command.log(csvHead);
  let shown = 0;
  for (const found of entries) {
    shown++;
    if (wanted.json) command.log(JSON.stringify(found));
    else if (wanted.csv) command.log(csvRow(found));
    else command.log(wanted.ids ? found.id : foundLine(found));
  }
  if (wanted.json || wanted.csv || wanted.ids) return;
  if (shown === 0) command.logToStderr('Nothing was found.');
  if (shown !== listing.last) return;
  const all = total();
  if (shown < all) command.logToStderr(`The newest ${shown} of ${all}.`);
}
