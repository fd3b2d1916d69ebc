import { type Entry, type WallClockMs } from './types.js';

/** 36^9 ms last until the year 5188. */
const TIME_DIGITS = 9;
const COUNT_DIGITS = 4;
const COUNTS = 36 ** COUNT_DIGITS;
/** Shorter ids say no time: early releases gave random ones, of 25 digits. */
export const SHORTEST_WITH_TIME = 34;

/**
 * Where order ids begin: the wall clock in milliseconds, and a count, each in base 36 and of fixed length. It never runs backwards, and stands
 * above the ids of all entries that this replica has accepted or committed, so that ids sort in the order of acceptance whatever the wall
 * clocks say (a hybrid logical clock: Kulkarni et al., OPODIS 2014).
 */
export class OrderClock {
  #time = 0;
  #count = 0;

  sawEntry({ decided }: Entry): void {
    for (const { outcome } of decided) if (outcome.kind === 'sold') this.saw(outcome.orderId);
  }

  saw(orderId: string): void {
    if (orderId.length < SHORTEST_WITH_TIME || !/^[\da-z]+$/.test(orderId)) return;
    const time = Number.parseInt(orderId.slice(0, TIME_DIGITS), 36);
    const count = Number.parseInt(orderId.slice(TIME_DIGITS, TIME_DIGITS + COUNT_DIGITS), 36);
    if (time < this.#time || (time === this.#time && count <= this.#count)) return;
    this.#time = time;
    this.#count = count;
  }

  next(at: WallClockMs): string {
    const now = Math.floor(at);
    if (now > this.#time) {
      this.#time = now;
      this.#count = 0;
    } else if (++this.#count >= COUNTS) {
      this.#time++;
      this.#count = 0;
    }
    return digits(this.#time, TIME_DIGITS) + digits(this.#count, COUNT_DIGITS);
  }
}

function digits(number: number, length: number): string {
  return number.toString(36).padStart(length, '0');
}
