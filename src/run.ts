// The first file that runs. What must happen before any library loads happens here.
import { enableCompileCache } from 'node:module';

enableCompileCache();

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
