import { Box, render, Text, useApp, useInput, type Key } from 'ink';
import { useEffect, useReducer } from 'react';
import { printable } from '../lib/text/printable.ts';

export interface Question<Name extends string = string> {
  readonly name: Name;
  readonly prompt: string;
  readonly fallback: string;
  /** What is wrong with an answer, or undefined when it will do. */
  readonly check: (answer: string) => string | undefined;
}

export type Answers<Name extends string = string> = Partial<Record<Name, string>>;

/** Asks one question after the other. Undefined when the user left with Escape or Ctrl-C. */
export async function ask<Name extends string>(
  questions: readonly Question<Name>[],
): Promise<Answers<Name> | undefined> {
  let answers: Answers<Name> | undefined;
  const { waitUntilExit } = render(<Form questions={questions} onDone={(given) => (answers = given)} />);
  await waitUntilExit();
  return answers;
}

interface FormProps<Name extends string> {
  readonly questions: readonly Question<Name>[];
  readonly onDone: (answers: Answers<Name>) => void;
}

interface Progress {
  readonly answers: Readonly<Record<string, string>>;
  readonly typed: string;
  readonly complaint?: string | undefined;
}

type Press = { readonly press: 'enter' | 'erase' } | { readonly press: 'text'; readonly text: string };

export function Form<Name extends string>({ questions, onDone }: FormProps<Name>) {
  const { exit } = useApp();
  const [progress, dispatch] = useReducer(
    (before: Progress, press: Press) => after(before, press, questions[Object.keys(before.answers).length]),
    { answers: {}, typed: '' },
  );
  const { answers, typed, complaint } = progress;
  const at = Object.keys(answers).length;

  useInput((input, key) => {
    if (key.escape) exit();
    else for (const press of presses(input, key)) dispatch(press);
  });

  useEffect(() => {
    if (at < questions.length) return;
    onDone(answers as Answers<Name>);
    exit();
  }, [at]);

  return (
    <Box flexDirection="column">
      {questions.slice(0, at + 1).map(({ name, prompt, fallback }, index) => (
        <Text key={name}>
          {prompt} <Text dimColor>[{fallback}]</Text> {printable(index < at ? (answers[name] ?? '') : typed)}
          {index === at ? <Text inverse> </Text> : null}
        </Text>
      ))}
      {complaint === undefined ? null : <Text color="red">{printable(complaint)}</Text>}
    </Box>
  );
}

// Whoever pastes, or types fast, sends several keys at once.
function presses(input: string, key: Key): Press[] {
  if (key.return) return [{ press: 'enter' }];
  if (key.backspace || key.delete) return [{ press: 'erase' }];
  if (key.ctrl || key.meta) return [];
  return input
    .split(/([\r\n])/)
    .filter((part) => part !== '')
    .map((part) => (part === '\r' || part === '\n' ? { press: 'enter' } : { press: 'text', text: part }));
}

function after(before: Progress, press: Press, question: Question | undefined): Progress {
  const { answers, typed } = before;
  if (question === undefined) return before;
  switch (press.press) {
    case 'text':
      return { answers, typed: typed + press.text };
    case 'erase':
      return { answers, typed: typed.slice(0, -1) };
    case 'enter': {
      const answer = typed.trim() || question.fallback;
      const complaint = question.check(answer);
      if (complaint !== undefined) return { answers, typed, complaint };
      return { answers: { ...answers, [question.name]: answer }, typed: '' };
    }
  }
}
