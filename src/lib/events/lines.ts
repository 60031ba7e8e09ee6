import { Chalk, type ChalkInstance } from 'chalk';
import { describe, levelOf, type Level } from './describe.ts';
import type { TimedEvent } from './event.ts';

export type RenderLine = (event: TimedEvent) => string;

/** One JSON object. Lone surrogates and controls leave JSON.stringify as escapes, so peer text stays data. */
export const jsonLine: RenderLine = (event) => {
  if (event !== lastEvent) {
    lastEvent = event;
    lastLine = `${escapeControls(JSON.stringify(event))}\n`;
  }
  return lastLine;
};

// The log and those who watch are told the same event one after the other.
let lastEvent: TimedEvent | undefined;
let lastLine = '';

/** Aligned and readable; everything a peer chose has been made safe by describe(). */
export function humanLine(colour: ChalkInstance = new Chalk()): RenderLine {
  const paint: Record<Level, (text: string) => string> = {
    info: (text) => text,
    warning: (text) => colour.yellow(text),
    error: (text) => colour.red(text),
  };
  return (event) => {
    const time = colour.dim(event.time.slice(11, 19));
    return `${time}  ${colour.cyan(event.event.padEnd(18))}  ${paint[levelOf(event)](describe(event))}\n`;
  };
}

// JSON leaves DEL, C1 controls and direction marks as they are; a terminal that shows the line would act on them.
const active = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const activeEverywhere = new RegExp(active.source, 'g');

function escapeControls(json: string): string {
  if (!active.test(json)) return json;
  return json.replace(activeEverywhere, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
