import { nearest } from '../text/nearest.ts';
import { viewNames, type Question, type ViewName } from './console-state.ts';
import type { Effect } from './effect.ts';

/** What is meant by what was typed behind a colon. */
export type Command =
  | { readonly is: 'view'; readonly view: ViewName }
  | { readonly is: 'effect'; readonly effect: Effect }
  | { readonly is: 'question'; readonly question: Question }
  | { readonly is: 'leave' }
  | { readonly is: 'help' }
  | { readonly is: 'nothing'; readonly why: string };

const stopping: Question = {
  text: 'Stop the sensor? What is under way is finished first. y does it, any other key does not.',
  answers: { y: { do: 'stop' } },
};

const commands: Readonly<Record<string, Command>> = {
  reload: { is: 'effect', effect: { do: 'reload', what: 'reload' } },
  'rules reload': { is: 'effect', effect: { do: 'reload', what: 'rules.reload' } },
  stop: { is: 'question', question: stopping },
  quit: { is: 'leave' },
  q: { is: 'leave' },
  help: { is: 'help' },
};

export function commandOf(text: string): Command {
  const typed = text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
  if (typed === '') return { is: 'nothing', why: '' };
  const exact = Object.hasOwn(commands, typed) ? commands[typed] : undefined;
  if (exact) return exact;
  const view = viewNames.find((name) => name === typed) ?? onlyOne(viewNames.filter((name) => name.startsWith(typed)));
  if (view) return { is: 'view', view };
  const meant = nearest(typed, [...Object.keys(commands), ...viewNames]);
  return {
    is: 'nothing',
    why: `There is no command "${typed}"${meant ? `; did you mean ${meant}?` : '; :help shows what there is.'}`,
  };
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
