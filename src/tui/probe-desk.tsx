import { Box, render, Text, useApp, useInput, useWindowSize, type Key } from 'ink';
import { useRef, useState } from 'react';
import { printable, printableWithin } from '../lib/text/printable.ts';

export interface ProbeLine {
  readonly id: string;
  readonly state: string;
  readonly line: string;
}

/** What the screen shows and does; everything behind it is somebody else's. */
export interface DeskHandle {
  list(): readonly ProbeLine[];
  details(id: string): readonly string[];
  /** Both say in words what was done, or why not. */
  approve(id: string): string;
  deny(id: string): string;
}

/** Shows the desk until the user leaves it. */
export async function sitAtDesk(desk: DeskHandle): Promise<void> {
  await render(<ProbeDesk desk={desk} />, { alternateScreen: true }).waitUntilExit();
}

interface Screen {
  readonly probes: readonly ProbeLine[];
  readonly at: number;
  /** The probe that is looked at, and how far down. */
  readonly open?: { readonly lines: readonly string[]; readonly from: number } | undefined;
  /** What is about to be done and waits for a yes. */
  readonly asked?: 'approve' | 'deny' | undefined;
  readonly said?: string | undefined;
}

type Press = 'up' | 'down' | 'open' | 'back' | 'approve' | 'deny' | 'yes' | 'refresh' | 'other';

export function ProbeDesk({ desk }: { readonly desk: DeskHandle }) {
  const { exit } = useApp();
  const { rows, columns } = useWindowSize();
  // Not a reducer: React may run that twice, and what is done here is done once.
  const now = useRef<Screen>(undefined);
  now.current ??= { probes: desk.list(), at: 0 };
  const [{ probes, at, open, asked, said }, show] = useState(now.current);

  useInput((input, key) => {
    const isOutside = now.current?.open === undefined && now.current?.asked === undefined;
    if ((input === 'q' || key.escape) && isOutside) return exit();
    now.current = after(now.current!, pressOf(input, key), desk);
    show(now.current);
  });

  const height = Math.max(rows - 4, 1);
  return (
    <Box flexDirection="column">
      <Text bold>Probe desk</Text>
      {open === undefined ? (
        <List probes={probes} at={at} height={height} columns={columns} />
      ) : (
        open.lines.slice(open.from, open.from + height).map((line, index) => (
          <Text key={open.from + index} wrap="truncate">
            {printableWithin(line, columns) || ' '}
          </Text>
        ))
      )}
      <Text color="yellow">{asked === undefined ? printableWithin(said ?? ' ', columns) : question(asked)}</Text>
      <Text dimColor>↑ ↓ move · enter look · a approve · d deny · r refresh · esc back · q leave</Text>
    </Box>
  );
}

interface ListProps {
  readonly probes: readonly ProbeLine[];
  readonly at: number;
  readonly height: number;
  readonly columns: number;
}

function List({ probes, at, height, columns }: ListProps) {
  if (probes.length === 0) return <Text dimColor>Nothing waits here.</Text>;
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), probes.length - height));
  return probes.slice(from, from + height).map(({ id, state, line }, index) => (
    <Text key={id} inverse={from + index === at} wrap="truncate">
      {printableWithin(`${state.padEnd(11)} ${line}`, columns)}
    </Text>
  ));
}

function question(asked: 'approve' | 'deny'): string {
  return asked === 'approve'
    ? 'Send this message to strangers, as the details say? y for yes, any other key for no.'
    : 'Deny it for good? y for yes, any other key for no.';
}

function pressOf(input: string, key: Key): Press {
  if (key.upArrow || input === 'k') return 'up';
  if (key.downArrow || input === 'j') return 'down';
  if (key.return) return 'open';
  if (key.escape || input === 'q') return 'back';
  switch (input) {
    case 'a':
      return 'approve';
    case 'd':
      return 'deny';
    case 'y':
      return 'yes';
    case 'r':
      return 'refresh';
    default:
      return 'other';
  }
}

function after(before: Screen, press: Press, desk: DeskHandle): Screen {
  const { probes, at, open, asked } = before;
  const chosen = probes[at];
  if (asked !== undefined) {
    if (press !== 'yes' || !chosen) return { ...before, asked: undefined, said: 'Nothing was done.' };
    const said = attempt(() => (asked === 'approve' ? desk.approve(chosen.id) : desk.deny(chosen.id)));
    return { ...refreshed(before, desk), asked: undefined, open: undefined, said };
  }
  switch (press) {
    case 'up':
    case 'down': {
      const step = press === 'up' ? -1 : 1;
      if (open) return { ...before, open: { ...open, from: within(open.from + step, open.lines.length) } };
      return { ...before, at: within(at + step, probes.length), said: undefined };
    }
    case 'open':
      return chosen && !open ? { ...before, open: { lines: desk.details(chosen.id), from: 0 } } : before;
    case 'back':
      return { ...before, open: undefined };
    case 'approve':
    case 'deny':
      return chosen ? { ...before, asked: press, said: undefined } : before;
    case 'refresh':
      return { ...refreshed(before, desk), said: undefined };
    default:
      return before;
  }
}

function refreshed(before: Screen, desk: DeskHandle): Screen {
  const probes = desk.list();
  return { ...before, probes, at: within(before.at, probes.length) };
}

function within(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}

// A refusal is something to read, and no reason to leave.
function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return printable(error instanceof Error ? error.message : String(error));
  }
}
