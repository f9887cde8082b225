import { describe, expect, it } from '@jest/globals';
import { aCall, broken, createFakeReceiver, createFakeStep, ok } from '../testing/fake-step.js';
import { createFakeTime } from '../testing/fake-time.js';
import { mutation } from '../testing/given.js';
import { createBudget } from './budget.js';
import { unavailable } from './call.js';
import { withRetry } from './retry.js';

function given({ attempts = 2, percent = 10, perSecond = 20, random = () => 0.5 } = {}) {
  const time = createFakeTime();
  const { step, reached } = createFakeStep();
  const budget = createBudget({ percent, perSecond, time });
  const counted = { retries: 0 };
  const meter = { retry: () => void counted.retries++ };
  const send = withRetry({ next: step, attempts, budget, time, random, meter });
  return { time, reached, send, counted, receiver: createFakeReceiver() };
}

describe('retry', () => {
  it('waits a random part of a time that doubles', () => {
    const { send, time, reached, receiver } = given();
    send(aCall(), receiver);
    reached[0]!.answer(broken);
    time.pass(24);
    expect(reached).toHaveLength(1);
    time.pass(1);
    expect(reached).toHaveLength(2);
    reached[1]!.answer(broken);
    time.pass(49);
    expect(reached).toHaveLength(2);
    time.pass(1);
    reached[2]!.answer(ok);
    expect(receiver.outcomes).toEqual([ok]);
  });

  it('ends after the allowed attempts with the last outcome', () => {
    const { send, time, reached, receiver } = given();
    send(aCall(), receiver);
    for (let attempt = 0; attempt < 3; attempt++) {
      reached[attempt]!.answer(broken);
      time.pass(1_000);
    }
    expect(reached).toHaveLength(3);
    expect(receiver.outcomes).toEqual([broken]);
  });

  it.each([
    ['an answer', ok],
    ['a fault that would come again', unavailable('too large')],
  ])('leaves %s alone', (_name, outcome) => {
    const { send, reached, receiver } = given();
    send(aCall(), receiver);
    reached[0]!.answer(outcome);
    expect(receiver.outcomes).toEqual([outcome]);
  });

  it('never repeats a mutation, not even when its connection was stale', () => {
    const { send, time, reached, receiver } = given();
    send(aCall({ request: mutation() }), receiver);
    reached[0]!.answer(unavailable('stale', { retry: 'at once' }));
    time.pass(10_000);
    expect(reached).toHaveLength(1);
    expect(receiver.outcomes).toHaveLength(1);
  });

  it('repeats at once, once, and without the budget when the connection was stale', () => {
    const { send, time, reached, receiver } = given({ percent: 0, perSecond: 0 });
    const stale = unavailable('stale', { retry: 'at once' });
    send(aCall(), receiver);
    reached[0]!.answer(stale);
    expect(reached).toHaveLength(2);
    reached[1]!.answer(stale);
    time.pass(10_000);
    expect(reached).toHaveLength(2);
    expect(receiver.outcomes).toEqual([stale]);
  });

  it('does not wait past the deadline', () => {
    const { send, reached, receiver } = given();
    send(aCall({ deadline: 1_020 }), receiver);
    reached[0]!.answer(broken);
    expect(receiver.outcomes).toEqual([broken]);
  });

  it('waits as long as the subgraph asks', () => {
    const { send, time, reached, receiver } = given();
    send(aCall(), receiver);
    reached[0]!.answer(unavailable('503', { retry: 'later', retryAfterMs: 2_000 }));
    time.pass(1_999);
    expect(reached).toHaveLength(1);
    time.pass(1);
    expect(reached).toHaveLength(2);
  });

  it('adds no more than the budget when everything fails', () => {
    const { send, time, reached, counted } = given({ attempts: 1, perSecond: 1 });
    for (let call = 0; call < 1_000; call++) {
      const first = reached.length;
      send(aCall({ deadline: Infinity }), createFakeReceiver());
      reached[first]!.answer(broken);
      time.pass(1);
    }
    time.pass(1_000);
    // A tenth of a thousand, and one for each second.
    expect(counted.retries).toBeGreaterThanOrEqual(95);
    expect(counted.retries).toBeLessThanOrEqual(103);
    expect(reached).toHaveLength(1_000 + counted.retries);
  });

  it('given up while it waits, sends nothing more', () => {
    const { send, time, reached, receiver } = given();
    const sending = send(aCall(), receiver);
    reached[0]!.answer(broken);
    sending.cancel('CANCELLED');
    time.pass(10_000);
    expect(reached).toHaveLength(1);
    expect(time.pending()).toBe(0);
  });
});
