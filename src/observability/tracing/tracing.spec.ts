import { EventEmitter } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Collector } from '../../../test/support/collector.js';
import { until } from '../../../test/support/until.js';
import { parseConfig } from '../../config/index.js';
import { Answers } from '../answers.js';
import { Metrics } from '../metrics.js';
import { contextOf } from '../request-context.js';
import { joinSpans } from './span.js';
import { Tracing } from './tracing.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const OTHER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('tracing', () => {
  let collector: Collector;
  let endpoint: string;
  const running: Tracing[] = [];
  beforeEach(async () => {
    collector = new Collector();
    endpoint = await collector.start();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((tracing) => tracing.onApplicationShutdown()));
    collector.stop();
  });

  async function start(settings: Readonly<Record<string, string>> = {}) {
    const env = { ROLE: 'order', CATALOG_ADDRESSES: 'c:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    const config = parseConfig({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...settings });
    const answers = new Answers();
    const metrics = new Metrics(config, answers);
    const tracing = new Tracing(config, metrics, answers);
    await tracing.onModuleInit();
    running.push(tracing);
    const response = () => new EventEmitter() as ServerResponse;
    const arrive = (headers: IncomingMessage['headers'] = {}, url = '/buy/1') => {
      const request = { method: 'PUT', url, headers } as IncomingMessage;
      tracing.arrived(request, response());
      return request;
    };
    const answer = (request: IncomingMessage, status = 200) =>
      answers.tell({ method: 'PUT', url: '/buy/1', route: '/buy/:id', status, durationMs: 1, request });
    const count = async (name: string, reason?: string) =>
      (await metrics.values(name)).find(({ labels }) => labels['reason'] === reason)?.value;
    return { tracing, arrive, answer, count };
  }

  it('is off, and loads nothing, without an endpoint', async () => {
    const { tracing, arrive } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(tracing.isOn).toBe(false);
    expect(contextOf(arrive({ traceparent: PARENT })).span).toBeUndefined();
    expect(tracing.called('sell', PARENT)).toBeUndefined();
  });

  it('goes on with the trace that the client began, and names what failed', async () => {
    const { arrive, answer, count } = await start({
      OTEL_SERVICE_NAME: 'till',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/base/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc, x-of=a=b',
    });
    const request = arrive({ traceparent: PARENT });
    contextOf(request).span?.begin({ name: 'submit', kind: 'client' }).end({ failure: 'lost' });
    answer(request, 504);
    await until('both came', () => collector.spans.length === 2);
    const [submit, buy] = collector.spans;
    expect(buy).toMatchObject({
      traceId: TRACE,
      parentSpanId: '00f067aa0ba902b7',
      name: 'PUT /buy/:id',
      service: 'till',
      status: { code: 2 },
      attributes: { 'http.route': '/buy/:id', 'http.response.status_code': 504 },
    });
    expect(submit).toMatchObject({ traceId: TRACE, parentSpanId: buy?.spanId, status: { code: 2 } });
    expect(collector.requests[0]).toMatchObject({
      url: '/base/v1/traces',
      headers: { authorization: 'Basic abc', 'x-of': 'a=b' },
    });
    await until('both are counted', async () => (await count('bazar_spans_sent_total')) === 2);
  });

  it('begins a trace of its own where none that is well-formed is given', async () => {
    const { arrive, answer, tracing } = await start();
    const given = [
      '',
      '00-0-0-01',
      `${PARENT}0`,
      `ff${PARENT.slice(2)}`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    ];
    for (const traceparent of given) {
      answer(arrive({ traceparent }));
      expect(tracing.called('sell', traceparent)).toBeUndefined();
    }
    await until('all came', () => collector.spans.length === given.length);
    const traces = new Set(collector.spans.map(({ traceId }) => traceId));
    expect([traces.size, traces.has(TRACE)]).toEqual([given.length, false]);
    expect(collector.spans.filter(({ parentSpanId = '' }) => parentSpanId !== '')).toEqual([]);
  });

  it('speaks protobuf unless it is told to speak JSON', async () => {
    const { arrive, answer } = await start({ OTEL_EXPORTER_OTLP_PROTOCOL: '' });
    answer(arrive());
    await until('it came', () => collector.requests.length === 1);
    expect(collector.requests[0]?.headers['content-type']).toBe('application/x-protobuf');
  });

  it.each([
    ['parentbased_always_off', [PARENT]],
    ['parentbased_traceidratio', [PARENT]],
    ['always_off', []],
    ['always_on', [undefined, PARENT, PARENT.replace(/01$/, '00')]],
    ['parentbased_always_on', [undefined, PARENT]],
  ])('samples as it is told: %s', async (OTEL_TRACES_SAMPLER, traced) => {
    const { arrive } = await start({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: '0' });
    const given = [undefined, PARENT, PARENT.replace(/01$/, '00')];
    const sampled = given.filter(
      (traceparent) => contextOf(arrive(traceparent === undefined ? {} : { traceparent })).span !== undefined,
    );
    expect(sampled).toEqual(traced);
  });

  it('begins no more than so many a second, whoever asks, and none for looks at its health', async () => {
    const { arrive, count } = await start();
    const traced = (url?: string) =>
      Array.from({ length: 150 }, () => contextOf(arrive({ traceparent: PARENT }, url)).span).filter(
        (span) => span !== undefined,
      ).length;
    expect(traced('/health/ready') + traced('/metrics')).toBe(0);
    // The second may change meanwhile.
    const begun = traced();
    expect([100, 150].includes(begun) || (begun > 100 && begun < 150)).toBe(true);
    expect(await count('bazar_traces_beyond_bound_total')).toBe(150 - begun);
  });

  it('is part of the traces of all for whom it is done', async () => {
    const { tracing } = await start();
    const [one, other] = [tracing.called('sell', PARENT), tracing.called('sell', OTHER)];
    const both = joinSpans([one, undefined, other, one]);
    const submit = tracing.called('submit', both?.parents);
    submit?.end();
    [one, other].forEach((span) => span?.end());
    await until('all came', () => collector.spans.length === 4);
    const parents = (name: string) =>
      new Map(collector.spans.filter((span) => span.name === name).map((span) => [span.traceId, span]));
    for (const [traceId, { parentSpanId }] of parents('submit'))
      expect(parents('sell').get(traceId)?.spanId).toBe(parentSpanId);
    expect(parents('submit').size).toBe(2);
    expect(tracing.called('submit', Array(17).fill(PARENT).join(','))).toBeUndefined();
  });

  it('drops what nobody takes, counts it, and holds nobody up', async () => {
    collector.status = 400;
    const { tracing, count } = await start();
    for (let at = 0; at < 4_100; at++) tracing.called('sell', PARENT)?.end();
    expect(await count('bazar_spans_dropped_total', 'queue full')).toBe(4);
    await until(
      'a message was refused',
      async () => (await count('bazar_spans_dropped_total', 'not taken')) === 512,
    );
    collector.status = 200;
    await until('the others came', () => collector.spans.length === 4_096 - 512);
  }, 20_000);
});
