// Writes docs/screens.md: what each view of the console shows while the demo plays. Needs tmux. Not checked by a test:
// times, ports and what has come by the moment of the picture are never the same twice.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/spamtrap', import.meta.url));
const [columns, rows] = [110, 30];

const pictures: readonly (readonly [title: string, ...keys: readonly string[]])[] = [
  ['Overview', '1'],
  ['Messages', '2'],
  ['A message: what is known of it', 'Enter'],
  ['A message: its parts', 'Right', 'Right', 'Right'],
  ['Sessions', 'Escape', '3'],
  ['What was said in a session', 'Enter'],
  ['The probe desk', 'Escape', '4'],
  ['Outputs', '5'],
  ['Mailboxes', '6'],
  ['Rules', '7'],
  ['Log', '8'],
  ['Campaigns', '9'],
  ['A campaign', 'Enter'],
  ['Help', 'Escape', '?'],
];

const folder = mkdtempSync(join(tmpdir(), 'spamtrap-screens-'));
const dataDir = join(folder, 'serve');
const tmux = (...words: readonly string[]) =>
  execFileSync('tmux', ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...words], { encoding: 'utf8' });

const ports = ['RELAY_PORT', 'LMTP_PORT', 'BROKER_PORT'].flatMap((name) => ['-e', `SPAMTRAP_${name}=0`]);
const size = ['-x', String(columns), '-y', String(rows)];
const mode = ['PROBES_MODE=sandbox', 'PROBES_BUDGET_PER_DAY=0', 'INDEX_LIVE=true'].flatMap((each) => [
  '-e',
  `SPAMTRAP_${each}`,
]);
tmux('new-session', '-d', ...size, ...ports, ...mode, 'env', '-u', 'CI', program, 'serve', '--data-dir', dataDir);
try {
  await shows('up ');
  const demo = spawn(program, ['demo', '--data-dir', dataDir, '--seconds', '20', '--rate', '5'], { stdio: 'ignore' });
  await once(demo, 'close');
  const screens: string[] = [];
  for (const [title, ...keys] of pictures) {
    for (const key of keys) {
      tmux('send-keys', key);
      // Escape and a key right behind it would be one key with Alt; and a picture is of what has been drawn.
      await sleep(700);
    }
    screens.push(`## ${title}\n\n\`\`\`text\n${picture()}\n\`\`\`\n`);
  }
  const text = `# What the console shows\n\nMade by \`npm run screens\` while \`spamtrap demo\` played. [console.md](console.md) explains it.\n\n`;
  writeFileSync(new URL('../docs/screens.md', import.meta.url), text + screens.join('\n'));
} finally {
  execFileSync(program, ['stop', '--data-dir', dataDir]);
  rmSync(folder, { recursive: true, force: true });
}

function picture(): string {
  const lines = tmux('capture-pane', '-p').split('\n');
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
    .replaceAll(folder, '/var/lib');
}

async function shows(text: string): Promise<void> {
  for (let turn = 0; turn < 200 && !picture().includes(text); turn++) await sleep(50);
}
