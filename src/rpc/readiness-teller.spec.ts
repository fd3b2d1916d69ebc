import { readinessCall, type ReadinessNews } from '../contract/watching.js';
import { type Readiness } from '../observability/readiness.js';
import { RpcHandlers } from './handlers.js';
import { ReadinessTeller } from './readiness-teller.js';
import { type Rpc } from './rpc.js';

describe('ReadinessTeller', () => {
  let told: unknown[];
  let state: ReadinessNews['state'];
  let looks: number;
  let changed: () => void;
  let ask: () => Promise<ReadinessNews>;
  beforeEach(() => {
    told = [];
    state = 'not ready';
    looks = 0;
    const handlers = new RpcHandlers();
    const rpc = { tellAll: (_notice: unknown, news: unknown) => void told.push(news) };
    const readiness = {
      listen: (listener: () => void) => void (changed = listener),
      state: () => {
        looks += 1;
        return new Promise((resolve) => setImmediate(() => resolve(state)));
      },
    };
    new ReadinessTeller(handlers, rpc as unknown as Rpc, readiness as unknown as Readiness).onModuleInit();
    const handled = handlers.callNamed(readinessCall.name, 'roles');
    ask = () => Promise.resolve(handled?.handler({}, {} as never)) as Promise<ReadinessNews>;
  });

  it('tells all as soon as it changes, and nothing when it has not', async () => {
    expect(await ask()).toEqual({ state: 'not ready' });
    state = 'ready';
    changed();
    await ask();
    changed();
    await ask();
    expect(told).toEqual([{ state: 'not ready' }, { state: 'ready' }]);
  });

  it('tells all of a change that somebody who asks finds out', async () => {
    await ask();
    state = 'stopping';
    expect(await ask()).toEqual({ state: 'stopping' });
    expect(told).toEqual([{ state: 'not ready' }, { state: 'stopping' }]);
  });

  it('looks once more, not each time, when it changes while it looks', async () => {
    for (let time = 0; time < 5; time++) changed();
    state = 'ready';
    await ask();
    await ask();
    expect(looks).toBe(4);
    expect(told.at(-1)).toEqual({ state: 'ready' });
  });
});
