/** What docs/configuration.md says before the tables. */
export const introduction = `# Configuration

Everything has a default: without any file, \`spamtrap serve-relay\` listens on the loopback address and
keeps its data in the user's state directory. \`spamtrap init\` writes a commented file to start from,
\`spamtrap config check\` finds every fault in it, and \`spamtrap config show\` prints what takes effect and
where each value comes from.

Below, \`<user state dir>\` is \`$XDG_STATE_HOME\`, or \`~/.local/state\` where that is not set;
\`<data dir>\` is what \`dataDir\` says.

## The file

One YAML file (YAML 1.2) counts, the first of these:

1. the file named with \`--config FILE\`,
2. the file named by the variable \`SPAMTRAP_CONFIG\`,
3. \`trap.yml\` in the working directory,
4. \`spamtrap/trap.yml\` in \`$XDG_CONFIG_HOME\`, or in \`~/.config\` where that is not set,
5. \`/etc/spamtrap/trap.yml\`.

A file that was named and is not there is a fault; when none of the usual places holds one, the defaults
count. A file may have at most 1 MiB.

Each later layer overrides the one before it, key by key:

1. the default,
2. the file,
3. the environment variable,
4. the flag of the command.

Unknown keys and unknown variables that begin with \`SPAMTRAP_\` are faults, as are keys that are written
twice. All faults are reported at once, each with file, line and column, what was written, and what would be
valid. A faulty configuration ends a command with exit status 2.

## How values are written

| value | how |
| --- | --- |
| size | \`512 KiB\`, \`10 GiB\`, \`10MB\` (powers of 1000), or a number of bytes |
| duration | a number with its unit: \`250ms\`, \`30s\`, \`5m\`, \`1h\`, \`7d\`, \`2w\` |
| path | absolute, \`~/…\`, or relative to the file's folder (in variables and flags: to the working directory) |
| list | a YAML list; a single value needs none around it; commas separate them in variables and flags |
| secret | \`{env: NAME}\`, \`{file: PATH}\`, \`{command: [PROGRAM, ARGUMENT]}\`, or the text itself in quotes |

Secrets are fetched only when they are needed, and never appear in any output or fault. A command is run
without a shell, in the folder of the configuration file; when it is written as one text, blanks separate
its arguments. A line break at the end of a file or of a command's output does not belong to the secret.

A variable that is empty counts as not set.
`;
