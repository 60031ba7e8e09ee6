import { Command, Flags } from '@oclif/core';
import { flagTexts, settingFlag } from '../flags.ts';
import { exitCodes, reason } from '../lib/errors.ts';
import { settingHelp } from '../lib/config/help.ts';
import { checkChoices, writeStarter, type Choices } from '../lib/setup/write-starter.ts';

/** What a new sensor most often has of its own. */
const asked = {
  'data-dir': 'dataDir',
  bind: 'relay.bind',
  port: 'relay.port',
  hostname: 'relay.hostname',
} as const;

const prompts: Record<keyof typeof asked, string> = {
  'data-dir': 'Where should the journal and the mail be kept?',
  bind: 'Which addresses should the relay listen on?',
  port: 'On which port?',
  hostname: 'Under which host name should it greet?',
};

export default class Init extends Command {
  static override summary = 'Write a commented configuration file; on a terminal, ask for what matters first.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bind 0.0.0.0 --port 25 --out /etc/spamtrap/trap.yml',
  ];

  static override flags = {
    out: Flags.string({ description: 'The file to write.', env: 'SPAMTRAP_OUT', default: 'trap.yml' }),
    'data-dir': settingFlag('dataDir'),
    bind: settingFlag('relay.bind'),
    port: settingFlag('relay.port'),
    hostname: settingFlag('relay.hostname'),
    yes: Flags.boolean({ description: 'Ask nothing; take the defaults.', env: 'SPAMTRAP_YES' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    const given = flagTexts(flags, asked);
    checkChoices(texts(given), (key) => `--${Object.entries(asked).find(([, name]) => name === key)?.[0]}`);
    const choices = this.#mayAsk(flags.yes) ? await askForRest(texts(given)) : texts(given);
    if (choices === undefined) {
      process.exitCode = exitCodes.interrupted;
      return;
    }
    writeStarter(flags.out, choices);
    this.log(`${flags.out} is written. "spamtrap config show" tells what it means, "spamtrap serve-relay" starts.`);
  }

  #mayAsk(yes: boolean): boolean {
    return !yes && process.stdin.isTTY && process.stdout.isTTY;
  }
}

function texts(given: ReturnType<typeof flagTexts>): Choices {
  return Object.fromEntries(Object.entries(given).map(([key, text]) => [key, text.value]));
}

async function askForRest(given: Choices): Promise<Choices | undefined> {
  const { ask } = await import('../tui/ask.tsx');
  const open = Object.entries(asked).filter(([, key]) => given[key] === undefined);
  const answers = await ask(
    open.map(([flag, key]) => ({
      name: key,
      prompt: prompts[flag as keyof typeof asked],
      fallback: settingHelp(key).default,
      check: (answer) => complaintAbout(key, answer),
    })),
  );
  if (answers === undefined) return undefined;
  // What was left at its default stays a comment in the file.
  const changed = Object.entries(answers).filter(
    ([key, answer]) => answer !== settingHelp(key as keyof Choices).default,
  );
  return { ...given, ...Object.fromEntries(changed) };
}

function complaintAbout(key: keyof Choices, answer: string): string | undefined {
  if (answer === settingHelp(key).default) return undefined;
  try {
    checkChoices({ [key]: answer }, () => 'your answer');
    return undefined;
  } catch (error) {
    return reason(error);
  }
}
