import { type Observation } from './types.js';

export interface ObserverWords {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** A look takes a while, and may be late once; not the third time. */
const OLD_LOOKS = 3;
const OLD_AT_LEAST_MS = 10_000;

/** What the observer found, the worst first. Null: it does not look, so there is nothing to say. */
export function observerWords(observation: Observation): ObserverWords | null {
  const { everyMs, lookedAgoMs, answers, stale, booksCompared, booksThatDiffer, oversoldCopies } =
    observation;
  if (everyMs === null) return null;
  const found =
    `${stale} stale of ${counted(answers, 'answer')}, ` +
    `${booksThatDiffer} that differ of ${counted(booksCompared, 'book')} compared, ` +
    `${counted(oversoldCopies, 'copy', 'copies')} oversold`;
  if (lookedAgoMs === null) return { tone: 'warn', text: 'The observer has not looked yet.' };
  const isBad = stale + booksThatDiffer + oversoldCopies > 0;
  if (lookedAgoMs > Math.max(OLD_LOOKS * everyMs, OLD_AT_LEAST_MS))
    return {
      tone: isBad ? 'bad' : 'warn',
      text: `Out of date, the observer looked ${ago(lookedAgoMs)}: ${found}.`,
    };
  return { tone: isBad ? 'bad' : 'good', text: `The observer looked ${ago(lookedAgoMs)}: ${found}.` };
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
