import { describe, expect, it } from '@jest/globals';
import { chooseRequestId } from '../http/request-id.js';
import { createMetrics, operationLabels } from './metrics.js';
import { childTraceHeaders, readTrace } from './trace.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';

describe('trace', () => {
  it('continues the trace of the caller with a span of its own', () => {
    const trace = readTrace(`00-${traceId}-b7ad6b7169203331-00`, 'vendor=1');
    expect(childTraceHeaders(trace)).toEqual({
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`)),
      tracestate: 'vendor=1',
    });
  });

  const bad = [
    undefined,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `01-${traceId}-b7ad6b7169203331-01`,
  ];
  it.each(bad)('begins one when the header is %p', (header) => {
    const trace = readTrace(header, 'vendor=1');
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace).toMatchObject({ state: undefined });
    expect(trace.traceId).not.toBe(traceId);
  });
});

describe('request id', () => {
  it.each(['short', 'with space inside', 'x'.repeat(129), 'line\nbreak-here'])('%p is replaced', (given) => {
    expect(chooseRequestId(given)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('operation labels', () => {
  it('are bounded in number however many names clients invent', () => {
    const label = operationLabels(2);
    const labels = ['a', 'b', 'c', 'd', 'a'].map(label);
    expect(labels.slice(2, 4)).toEqual(['other', 'other']);
    expect(labels[4]).toBe(labels[0]);
    expect(label(null)).toBe('anonymous');
  });
});

describe('codes of errors', () => {
  it('are bounded in number however many subgraphs invent', async () => {
    const metrics = createMetrics();
    for (let index = 0; index < 1_000; index += 1) metrics.error(`CODE_${index}`);
    const { values } = await metrics.registry.getSingleMetric('router_errors_total')!.get();
    expect(values).toHaveLength(201);
    expect(values.at(-1)).toMatchObject({ labels: { code: 'other' }, value: 800 });
  });
});
