import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { type Answers, Form, type Question } from '../../src/tui/ask.tsx';

const questions: Question[] = [
  {
    name: 'port',
    prompt: 'Which port?',
    fallback: '6025',
    check: (text) => (/^\d+$/.test(text) ? undefined : 'no number'),
  },
  { name: 'host', prompt: 'Which host?', fallback: 'localhost', check: () => undefined },
];

async function play(...keys: readonly string[]): Promise<{ frames: string[]; answers: Answers | undefined }> {
  let answers: Answers | undefined;
  const { stdin, frames, unmount } = render(<Form questions={questions} onDone={(given) => (answers = given)} />);
  for (const key of keys) {
    const before = frames.length;
    stdin.write(key);
    // Each key that means something is answered by a frame.
    for (let turn = 0; frames.length === before && turn < 1_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  unmount();
  return { frames, answers };
}

describe('the form', () => {
  it('takes answers, and the default where there is none', async () => {
    const { answers } = await play('25', '\r', '\r');
    expect(answers).toEqual({ port: '25', host: 'localhost' });
  });

  it('says what is wrong and lets it be mended', async () => {
    const { answers, frames } = await play('x', '\r', '\x7f', '7', '\r', '\r');
    expect(frames.join('\n')).toContain('no number');
    expect(answers).toEqual({ port: '7', host: 'localhost' });
  });

  it('takes what is pasted with its newlines', async () => {
    const { answers } = await play('25\rmail.example.test\r');
    expect(answers).toEqual({ port: '25', host: 'mail.example.test' });
  });

  it('does not let pasted controls reach the terminal', async () => {
    const { frames } = await play('25', '\r', 'a\u009b2Jb');
    expect(frames.join('\n')).toContain('a\\x9b2Jb');
  });
});
