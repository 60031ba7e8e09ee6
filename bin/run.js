// Written for any Node.js, however old: it must be able to say that it is too old.
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`spamtrap: Node.js ${process.versions.node} is too old; 22.13 or newer is needed.`);
  console.error('"npm ci" brings a fitting one along unless it is told --omit=optional.');
  process.exitCode = 1;
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  console.log(`spamtrap ${version}`);
} else if (existsSync(new URL('dist/run.js', root))) {
  await import(new URL('dist/run.js', root).href);
} else {
  console.error('spamtrap: not built yet. Run "npm run build" in the project folder.');
  process.exitCode = 1;
}
