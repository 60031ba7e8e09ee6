/** A key, as far as the console knows one from another. */
export type Press =
  | { readonly key: 'text'; readonly text: string }
  | {
      readonly key:
        | 'up'
        | 'down'
        | 'left'
        | 'right'
        | 'pageUp'
        | 'pageDown'
        | 'home'
        | 'end'
        | 'enter'
        | 'escape'
        | 'tab'
        | 'backTab'
        | 'erase'
        | 'interrupt';
    };

/** What the keys do, for those who ask, and for nobody else: what they do is said where it is done. */
export const keyHelp: readonly (readonly [keys: string, words: string])[] = [
  ['1 … 9, 0', 'the view of that number'],
  ['tab, shift-tab', 'the next view, the one before'],
  ['↑ ↓ or k j', 'up and down'],
  ['page up, page down', 'a screen up and down'],
  ['g, G', 'to the first row, to the last; at the last one it follows what comes'],
  ['enter', 'open what the cursor is on'],
  ['esc', 'back; without anything to go back from, the filter goes'],
  ['← →, h l', 'in something that is open: the page before, the next page'],
  ['/', 'filter, as in "spamtrap search": words, from:… ip:… rule:…; !word may not be there'],
  ['space', 'pause: what comes meanwhile waits, and nothing is lost'],
  [':', 'a command: view names, reload, rules, stop, quit'],
  ['s', 'save the message as .eml in the present folder'],
  ['y', 'copy the sha256 of the message'],
  ['a, d', 'probes: approve, deny'],
  ['p, r, R', 'outputs: pause or go on; try again now; begin again at the oldest message'],
  ['r, R', 'mailboxes: try again now; collect everything again'],
  ['r', 'rules: read them anew'],
  ['?', 'this'],
  ['q', 'leave; who began the sensor with it is asked whether it stops'],
];
