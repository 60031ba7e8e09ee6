import { Box, Text } from 'ink';
import { memo } from 'react';
import type { Line, Tone } from '../../lib/monitor/line.ts';

type Look = Parameters<typeof Text>[0];

// Of the sixteen colours that every terminal has; where there are none, bold and inverse are left.
const looks: Readonly<Record<Tone, Look>> = {
  plain: {},
  dim: { dimColor: true },
  good: { color: 'green' },
  warning: { color: 'yellow' },
  bad: { color: 'red', bold: true },
  accent: { color: 'cyan' },
  title: { bold: true, underline: true },
  chosen: { inverse: true },
};

/** Lines that are made for this screen: nothing is measured, wrapped or cut once more. */
export function ConsoleScreen({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        <ScreenLine key={row} line={line} />
      ))}
    </Box>
  );
}

const ScreenLine = memo(
  function ScreenLine({ line }: { readonly line: Line }) {
    return (
      <Text wrap="truncate">
        {line.length === 0
          ? ' '
          : line.map(({ text, tone }, index) => (
              <Text key={index} {...looks[tone]}>
                {text}
              </Text>
            ))}
      </Text>
    );
  },
  ({ line: before }, { line: after }) => isSame(before, after),
);

/** Most lines stay as they are from one frame to the next. */
function isSame(before: Line, after: Line): boolean {
  return (
    before.length === after.length &&
    before.every(({ text, tone }, index) => text === after[index]!.text && tone === after[index]!.tone)
  );
}
