import { Errors } from '@oclif/core';
import { stripVTControlCharacters } from 'node:util';
import { exitCodes, Fault } from './lib/errors.ts';
import { nearest } from './lib/text/nearest.ts';
import type { Program } from './program.ts';

/** What a command says when it fails. */
export interface Failure {
  /** A stable word for scripts. */
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly exit: number;
}

// Below: oclif's complaints about a command line, in one line of our words each.

/** The failure, if what was thrown is about how the command was called. */
export function misuse(thrown: unknown, argv: readonly string[], program: Program): Failure | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const unknown = /^command (.*) not found\.?$/is.exec(thrown.message)?.[1];
  if (unknown !== undefined && thrown instanceof Errors.CLIError) return noSuchCommand(unknown, program);
  // oclif wraps whatever a flag's own parser throws by rewriting its message.
  const refused = /^Parsing (--\S+) \n\t(.*)\nSee more help with --help$/s.exec(thrown.message);
  const message = refused ? `${refused[1]}: ${refused[2]}` : complaint(thrown);
  if (message === undefined) return undefined;
  if (thrown instanceof Fault) return { code: thrown.code, message, fix: thrown.fix, exit: thrown.exit };
  const exit = thrown instanceof Errors.CLIError ? thrown.oclif.exit : undefined;
  return { ...usage(message, help(commandOf(argv, program))), exit: exit ?? exitCodes.usage };
}

// oclif takes all that stands before the first flag for a command's name, where the command itself has no arguments.
function noSuchCommand(id: string, program: Program): Failure {
  const words = id.split(':');
  const typed = words.join(' ');
  const command = commandOf(words, program);
  if (command !== undefined) {
    const rest = typed.slice(command.length + 1);
    return usage(`unexpected ${rest.includes(' ') ? 'arguments' : 'argument'} ${rest}`, help(command));
  }
  if (typed.startsWith('-')) return usage(`unknown flag ${typed}`, help(undefined));
  const known = [...program.commands, ...program.topics];
  const starts = [typed, words.slice(0, 2).join(' '), words[0]!];
  const meant = starts.map((start) => nearest(start, known)).find((near) => near !== undefined && near !== typed);
  const more = help(program.topics.find((topic) => topic === words[0]));
  return {
    ...usage(`there is no command "${typed}"`, meant ? `Did you mean "spamtrap ${meant}"? If not, ${more}` : more),
    code: 'usage.command',
  };
}

function usage(message: string, fix: string): Failure {
  return { code: 'usage', message, fix, exit: exitCodes.usage };
}

function complaint(error: Error): string | undefined {
  // A command that cannot be loaded is no fault of the caller's, whatever oclif derives it from.
  if (!(error instanceof Errors.CLIError) || error instanceof Errors.ModuleLoadError) return undefined;
  const { flags, args, parse } = error as ParseError;
  switch (error.constructor.name) {
    case 'NonExistentFlagsError':
      return `unknown ${counted('flag', flags)} ${(flags ?? []).map((flag) => withSuggestion(flag, parse)).join(', ')}`;
    case 'RequiredArgsError':
      return `missing ${counted('argument', args)} ${(args ?? []).map(argumentName).join(' ')}`;
    case 'UnexpectedArgsError':
      return `unexpected ${counted('argument', args)} ${(args ?? []).join(' ')}`;
    default:
      return oneLine(error.message);
  }
}

/** What oclif's parse errors carry; their classes are not exported. */
interface ParseError {
  readonly flags?: readonly string[];
  readonly args?: readonly unknown[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

function withSuggestion(flag: string, parse: ParseError['parse']): string {
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const meant = nearest(flag, known);
  return meant ? `${flag} (did you mean ${meant}?)` : flag;
}

function argumentName(argument: unknown): string {
  const { name, options } = argument as { name?: string; options?: readonly string[] };
  return options ? `${name} (${options.join(', ')})` : `${name}`;
}

function counted(noun: string, list: readonly unknown[] = []): string {
  return list.length === 1 ? noun : `${noun}s`;
}

function oneLine(message: string): string {
  return stripVTControlCharacters(message)
    .replace(/\nSee more help with --help$/, '')
    .replace(/^The following errors? occurred:/, '')
    .replace(/\s*\n\s*/g, '; ')
    .replace(/^[;\s]+/, '');
}

function commandOf(argv: readonly string[], { commands }: Program): string | undefined {
  const flag = argv.findIndex((word) => word.startsWith('-'));
  const words = flag === -1 ? argv : argv.slice(0, flag);
  for (let length = words.length; length > 0; length--) {
    const command = words.slice(0, length).join(' ');
    if (commands.includes(command)) return command;
  }
  return undefined;
}

function help(command: string | undefined): string {
  return `see spamtrap ${command ? `${command} ` : ''}--help`;
}
