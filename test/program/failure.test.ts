import { Errors } from '@oclif/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { renderFailure } from '../../src/failure.ts';
import { exitCodes, Fault } from '../../src/lib/errors.ts';

const program = { version: '1.2.3', commands: ['journal list'], topics: ['journal'] };

afterEach(() => void vi.restoreAllMocks());

function render(thrown: unknown, argv: readonly string[] = []) {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => Boolean((written[name] += String(text))));
  }
  return { status: renderFailure(thrown, argv, program), ...written };
}

describe('a fault', () => {
  const fault = new Fault('The journal is damaged.', { code: 'journal.damaged', fix: 'Run spamtrap journal repair.' });

  test('says what to do, with its own status', () => {
    const locked = new Fault('Taken.', { code: 'locked', fix: 'Wait.', exit: exitCodes.locked });
    expect(render(locked)).toEqual({ status: 4, stdout: '', stderr: 'spamtrap: Taken.\nWait.\n' });
  });

  test('is one event with --json', () => {
    const { stdout, status } = render(fault, ['journal', 'list', '--json']);
    const { code, fix } = fault;
    expect(JSON.parse(stdout)).toMatchObject({ event: 'failed', code, message: fault.message, fix });
    expect(status).toBe(1);
  });

  test('keeps its lines, and its words harmless', () => {
    const many = new Fault('a.yml:1:1 bad\na.yml:2:1 \u001b[2J', { code: 'config.invalid', fix: 'Mend\u0007 it.' });
    expect(render(many).stderr).toBe('spamtrap: a.yml:1:1 bad\na.yml:2:1 \\e[2J\nMend\\x07 it.\n');
  });

  test('that a flag’s parser threw names the flag', () => {
    const thrown = new Fault('"x" is no port.', {
      code: 'config.invalid',
      fix: 'Write a number.',
      exit: exitCodes.usage,
    });
    // What oclif does to it.
    thrown.message = `Parsing --port \n\t${thrown.message}\nSee more help with --help`;
    expect(render(thrown)).toMatchObject({ status: 2, stderr: 'spamtrap: --port: "x" is no port.\nWrite a number.\n' });
  });
});

test('a command that ends itself keeps its status and adds nothing', () => {
  expect(render(new Errors.ExitError(3), ['--json'])).toEqual({ status: 3, stdout: '', stderr: '' });
  expect(render(new Errors.ExitError(0))).toMatchObject({ status: 0 });
});

test('what a command refuses by oclif’s means keeps its status', () => {
  const refusal = new Errors.CLIError('Two things\n  at once', { exit: 3 });
  expect(render(refusal, ['journal', 'list', 'x'])).toEqual({
    status: 3,
    stdout: '',
    stderr: 'spamtrap: Two things; at once\nsee spamtrap journal list --help\n',
  });
  const broken = new Errors.ModuleLoadError('no such file');
  expect(render(broken)).toMatchObject({ status: 1, stderr: expect.stringContaining('this is a bug') as string });
});

test('a full disk is nobody’s bug', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const { stderr, status } = render(error);
  expect(stderr).toBe(
    `spamtrap: Nothing more can be written: ${error.message}.\nMake room, or let it be written elsewhere.\n`,
  );
  expect(status).toBe(1);
});

describe('anything else is a bug', () => {
  test('shown with its stack and a request', () => {
    const { stderr, status } = render(new TypeError('x is not a function'));
    expect(stderr).toMatch(/^spamtrap: this is a bug in spamtrap 1\.2\.3\. TypeError: x is not a function\n {4}at /);
    expect(stderr).toContain('failure.test.ts');
    expect(stderr).toMatch(/\nPlease report it [^\n]*\n$/);
    expect(status).toBe(1);
  });

  test.each([['a word'], [undefined], [{ odd: true }], [null]])('even %j', (thrown) => {
    expect(render(thrown, ['--json'])).toMatchObject({ status: 1, stdout: expect.stringContaining('"code":"bug"') });
  });
});
