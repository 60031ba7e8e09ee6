import type { Key } from 'ink';
import type { Press } from '../../lib/monitor/press.ts';

/** What was pressed. Whoever pastes, or types fast, sends several keys at once. */
export function pressesOf(input: string, key: Key): readonly Press[] {
  const named = nameOf(input, key);
  if (named !== undefined) return [{ key: named }];
  if (key.ctrl || key.meta) return [];
  return Array.from(input, (text): Press =>
    text === '\r' || text === '\n' ? { key: 'enter' } : { key: 'text', text },
  );
}

function nameOf(input: string, key: Key): Exclude<Press['key'], 'text'> | undefined {
  if (key.ctrl && input === 'c') return 'interrupt';
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageUp';
  if (key.pageDown) return 'pageDown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return key.shift ? 'backTab' : 'tab';
  if (key.backspace || key.delete) return 'erase';
  return undefined;
}
