// Given to Node.js by --import: writes down every file that is loaded after it.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const record = process.env['RECORD_LOADED'];

registerHooks({
  load(url, context, nextLoad) {
    if (record && url.startsWith('file:')) appendFileSync(record, `${fileURLToPath(url)}\n`);
    return nextLoad(url, context);
  },
});
