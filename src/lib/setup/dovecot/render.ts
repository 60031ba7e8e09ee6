import type { Entry, Section } from './settings.ts';

const width = 118;

export function sectionText({ title, entries }: Section): string {
  return `# ${title}\n\n${lines(entries, '')}`;
}

function lines(entries: readonly Entry[], indent: string): string {
  return entries
    .map((entry) =>
      entry.kind === 'block'
        ? `${indent}${entry.head} {\n${lines(entry.entries, `${indent}  `)}${indent}}\n`
        : `${comment(entry.why, indent)}${indent}${entry.name} = ${entry.value}\n`,
    )
    .join('');
}

function comment(why: string, indent: string): string {
  const written: string[] = [];
  let line = `${indent}#`;
  for (const word of why.split(' ')) {
    if (line.length + word.length + 1 > width) {
      written.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return `${[...written, line].join('\n')}\n`;
}
