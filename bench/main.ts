// Ours and its peers under the same load in the same run. Usage: npm run bench -- --help; see docs/benchmarks.md.
import { catalogue, chosenRows } from './catalogue.ts';
import { jsonReport } from './json-report.ts';
import { NoiseMeter, type Noise } from './machine/noise.ts';
import { restedDisk, WorkFolder } from './machine/work-folder.ts';
import { readOptions, usage, type Options } from './options.ts';
import { fullPace, quickPace } from './pace.ts';
import { leftOut, type Result } from './result.ts';
import type { Row } from './row.ts';
import { runGroups } from './run-groups.ts';
import { table, targetText } from './table.ts';

const neededGiB = 8;
const quietLoad = 0.5;

// Progress goes here, so that standard output holds the result and nothing else.
const tell = (line: string) => void process.stderr.write(`${elapsed()}  ${line}\n`);

// Debian has Postfix's and Dovecot's programs where only root's PATH looks.
process.env['PATH'] += ':/usr/sbin';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: Options;
  let rows: Row[];
  try {
    options = readOptions(process.argv.slice(2));
    rows = chosenRows(options.names);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) console.log(usage);
  else if (options.list) for (const row of rows) console.log(listed(row));
  else return measure(options, rows);
  return 0;
}

async function measure(options: Options, rows: readonly Row[]): Promise<number> {
  const started = new Date();
  const noise = new NoiseMeter();
  const absent = announceAbsent(options, rows);
  const measurable = new Set(rows.map(({ name }) => name).filter((name) => !absent.has(name)));
  const work = new WorkFolder(started);
  let keep = options.keep;
  try {
    warnAhead(noise.read(), work);
    const pace = options.quick ? quickPace : fullPace;
    const measured = await runGroups(catalogue, { rows: measurable, rounds: options.rounds, pace, work, tell });
    const results = rows.map(({ name }) => measured.get(name) ?? absent.get(name)!);
    const report = options.json ? jsonReport(results, noise.read(), options, started) : `\n${table(results)}\n`;
    console.log(report);
    closing(noise.read(), work, started);
    const hasFailed = results.some(({ verdict }) => verdict === 'failed');
    // What the servers said about it is in their logs.
    keep ||= hasFailed;
    return hasFailed ? 1 : 0;
  } finally {
    if (keep) tell(`All data is in ${work.path}.`);
    else {
      work.remove();
      tell(
        'The data is removed. On ext4 creating files is slow for some minutes now; a next run should wait for that.',
      );
    }
  }
}

/** The rows that cannot or shall not be measured. Each reason is told once, with what can be done about it. */
function announceAbsent(options: Options, rows: readonly Row[]): Map<string, Result> {
  const absent = new Map<string, Result>();
  const reasons = new Map<string, string[]>();
  const leave = (row: Row, why: string, remedy: string) => {
    absent.set(row.name, leftOut(row, why));
    const reason = `${why}: ${remedy}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), row.name]);
  };
  const long = new Set(catalogue.filter(({ isLong }) => isLong).flatMap((group) => group.rows));
  for (const row of rows) {
    const missing = row.needs.find((need) => !need.isThere());
    if (missing) leave(row, `needs ${missing.name}`, missing.remedy);
    else if (options.quick && long.has(row)) leave(row, 'takes long', 'run without --quick');
  }
  for (const [reason, names] of reasons) tell(`${names.join(', ')}: left out, ${reason}`);
  return absent;
}

function warnAhead({ loadBefore }: Noise, work: WorkFolder): void {
  if (loadBefore > quietLoad) tell(`The machine is busy already (load ${loadBefore.toFixed(1)}): expect noise.`);
  const free = work.freeGiB();
  if (free < neededGiB) tell(`Only ${free.toFixed(0)} GiB are free; a full run takes up to ${neededGiB} GiB.`);
}

function closing({ processors, loadBefore, stolen }: Noise, { slowestCreation }: WorkFolder, started: Date): void {
  const minutes = (Date.now() - started.getTime()) / 60_000;
  tell(
    `${minutes.toFixed(1)} minutes on ${processors} processors, Node.js ${process.versions.node}; ` +
      `load before ${loadBefore.toFixed(2)}, ${(stolen * 100).toFixed(1)} % stolen by other machines`,
  );
  if (slowestCreation < restedDisk) {
    const rate = Math.round(slowestCreation);
    tell(`A folder created only ${rate} files/s, as after a mass deletion: rows with a file per message suffered.`);
  }
}

function listed({ name, about, target, unit }: Row): string {
  return `${name.padEnd(25)} ${(target ? targetText(target, unit) : '').padEnd(10)}  ${about}`;
}

function elapsed(): string {
  return `${Math.floor(performance.now() / 1_000)} s`.padStart(6);
}
