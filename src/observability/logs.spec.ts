import { pino } from 'pino';
import { answerLog } from './logs.js';

const ANSWER = { method: 'GET', url: '/lookup/2', route: '/lookup/:id', durationMs: 1.2345 };

function logged(level: string, oneIn: number, statuses: readonly number[]): unknown[][] {
  const lines: { level: number; status: number }[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const observe = answerLog(logger, oneIn);
  for (const status of statuses) observe({ ...ANSWER, status });
  return lines.map((line) => [pino.levels.labels[line.level], line.status]);
}

describe('the log of answers', () => {
  it('has one in so many', () => {
    expect(logged('info', 3, [200, 200, 404, 200, 200, 304, 200])).toEqual([
      ['info', 404],
      ['info', 304],
    ]);
  });

  it('has every failure on our side, in the sample or not', () => {
    expect(logged('info', 2, [500, 504, 503, 200])).toEqual([
      ['warn', 500],
      ['warn', 504],
      ['info', 200],
    ]);
  });

  it('has failures alone when nothing is sampled', () => {
    expect(logged('info', 0, [200, 500, 200])).toEqual([['warn', 500]]);
  });

  it('has all at debug', () => {
    expect(logged('debug', 2, [200, 200, 503])).toEqual([
      ['debug', 200],
      ['info', 200],
      ['debug', 503],
    ]);
  });
});
