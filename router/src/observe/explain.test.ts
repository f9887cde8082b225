import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { explain } from './explain.js';

const document = parse('{ events { id } }').definitions[0];
const executable: any = {
  compiled: true,
  plan: {
    kind: 'query',
    fetches: [
      { id: 0, subgraph: 'events', path: [], waitsFor: [], document },
      { id: 1, subgraph: 'users', path: ['events', '@', 'host'], waitsFor: [0], document },
    ],
  },
};

const report = (more: object): any => ({
  subgraph: 'events',
  kind: 'query',
  fetches: [0],
  startedAt: 100.004,
  endedAt: 110,
  outcome: 'ok',
  attempts: 1,
  isShared: false,
  spanId: '00f067aa0ba902b7',
  ...more,
});

describe('explain', () => {
  it('tells the plan with its order, and the requests as they were sent, since the arrival', () => {
    const late = report({ subgraph: 'users', fetches: [1], startedAt: 110, endedAt: 115.5, bytes: 20 });
    const explanation = explain({ executable, fetches: [late, report({})], startedAt: 99, endedAt: 120 });
    expect(explanation.plan.map(({ id, path, waitsFor }) => [id, path, waitsFor])).toEqual([
      [0, '', []],
      [1, 'events.@.host', [0]],
    ]);
    expect(explanation.requests).toEqual([
      {
        subgraph: 'events',
        fetches: [0],
        startedMs: 1,
        ms: 10,
        outcome: 'ok',
        attempts: 1,
        isShared: false,
      },
      {
        subgraph: 'users',
        fetches: [1],
        startedMs: 11,
        ms: 5.5,
        outcome: 'ok',
        attempts: 1,
        isShared: false,
        bytes: 20,
      },
    ]);
    expect(explanation.totalMs).toBe(21);
  });

  it('tells only the plan when nothing was executed', () => {
    expect(explain({ executable, startedAt: 0, endedAt: 1 })).not.toHaveProperty('requests');
  });
});
