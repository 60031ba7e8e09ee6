// The first file that runs. What must happen before any library loads happens here.
import { enableCompileCache } from 'node:module';

enableCompileCache();

// oclif asks the system for the user's shell where there is no SHELL, as under systemd and in containers, and fails for
// a user that has a number but no name.
process.env['SHELL'] ??= '/bin/sh';

// chalk and Ink know FORCE_COLOR but not NO_COLOR, and Node.js warns when it sees both.
if (process.env['NO_COLOR']) {
  process.env['FORCE_COLOR'] = '0';
  delete process.env['NO_COLOR'];
}

// `spamtrap --help | head -1` closes our output early; that is the reader's right and no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const { main } = await import('./main.ts');
await main();
