import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readTrace } from './trace.js';
import { createTracing, type FinishedRequest } from './tracing.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
let stop: () => Promise<unknown> = async () => undefined;
afterEach(() => stop());

/** A real receiver of OTLP over HTTP; `received` gives the spans of all requests so far. */
async function startCollector() {
  const bodies: any[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  const received = (): any[] =>
    bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap((resource: any) => resource.scopeSpans.flatMap((scope: any) => scope.spans)),
    );
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const request = (more: Partial<FinishedRequest> = {}): FinishedRequest => ({
  trace: readTrace(`00-${traceId}-b7ad6b7169203331-01`, undefined),
  requestId: 'r-1',
  startedAt: 1_000,
  endedAt: 1_250,
  kind: 'query',
  operation: 'abc',
  fetches: [],
  errorCodes: [],
  ...more,
});

const attribute = (span: any, key: string) => span.attributes.find((each: any) => each.key === key)?.value;

describe('tracing', () => {
  it("sends a span for the request below the caller's, and one for each fetch below that", async () => {
    const { endpoint, received } = await startCollector();
    const tracing = createTracing({ endpoint, ratio: 1 });
    const finished = request({
      plan: { kind: 'query', fetches: [{ path: [] }, { path: ['events', '@', 'host'] }] } as any,
      fetches: [
        {
          subgraph: 'users',
          kind: 'query',
          fetches: [1],
          startedAt: 1_100,
          endedAt: 1_200,
          outcome: 'timeout',
          attempts: 2,
          isShared: false,
          spanId: '00f067aa0ba902b7',
        },
      ],
    });
    tracing.record(finished);
    await tracing.stop();
    const [whole, fetch] = received();
    expect(whole).toMatchObject({
      traceId,
      spanId: finished.trace.spanId,
      parentSpanId: 'b7ad6b7169203331',
      name: 'graphql query',
    });
    expect(fetch).toMatchObject({
      traceId,
      spanId: '00f067aa0ba902b7',
      parentSpanId: finished.trace.spanId,
      name: 'fetch users',
      status: { code: 2, message: 'timeout' },
    });
    expect(attribute(fetch, 'router.plan.paths').arrayValue.values).toEqual([
      { stringValue: 'events.@.host' },
    ]);
    expect(BigInt(fetch.endTimeUnixNano) - BigInt(fetch.startTimeUnixNano)).toBe(100_000_000n);
  });

  it('begins a trace with the id that subgraphs and logs were told', async () => {
    const { endpoint, received } = await startCollector();
    const tracing = createTracing({ endpoint, ratio: 1 });
    const trace = readTrace(undefined, undefined);
    tracing.record(request({ trace }));
    await tracing.stop();
    const [span] = received();
    expect(span).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
    expect(span.parentSpanId ?? '').toBe('');
  });

  const decisions: [string, string, number, boolean][] = [
    ['a sampled trace', `00-${traceId}-b7ad6b7169203331-01`, 1, true],
    ['a trace that the caller does not sample', `00-${traceId}-b7ad6b7169203331-00`, 1, false],
    ['a trace above the ratio', `00-${traceId.slice(0, 24)}ffffffff-b7ad6b7169203331-01`, 0.5, false],
    ['a trace below the ratio', `00-${traceId.slice(0, 24)}00000001-b7ad6b7169203331-01`, 0.5, true],
    ['any trace at a ratio of zero', `00-${traceId.slice(0, 24)}00000000-b7ad6b7169203331-01`, 0, false],
  ];
  it.each(decisions)('decides about %s', async (_name, header, ratio, expected) => {
    const tracing = createTracing({ endpoint: 'http://127.0.0.1:9', ratio });
    expect(tracing.isRecorded(readTrace(header, undefined))).toBe(expected);
    await tracing.stop();
  });
});
