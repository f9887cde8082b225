import { describe, expect, it } from '@jest/globals';
import { aCall, broken, createFakeReceiver, createFakeStep, ok } from '../testing/fake-step.js';
import { createFakeTime } from '../testing/fake-time.js';
import { mutation } from '../testing/given.js';
import { createWatch } from '../watch.js';
import { createBudget } from './budget.js';
import { withHedge } from './hedge.js';
import { createLatency } from './latency.js';

function given({ usualMs = 20, percent = 5, perSecond = 20 } = {}) {
  const time = createFakeTime();
  const { step, reached } = createFakeStep();
  const latency = createLatency();
  for (let sample = 0; sample < 128; sample++) latency.record(usualMs);
  const events: string[] = [];
  const send = withHedge({
    next: step,
    latency,
    budget: createBudget({ percent, perSecond, time }),
    time,
    watch: createWatch(time),
    meter: { hedge: (event) => void events.push(event) },
  });
  return { time, reached, send, events, receiver: createFakeReceiver() };
}

describe('latency', () => {
  it('says nothing before it knows enough', () => {
    const latency = createLatency();
    for (let sample = 0; sample < 90; sample++) latency.record(10);
    expect(latency.unusual()).toBeUndefined();
  });

  it('is what 95 of 100 answers stay under, within a quarter', () => {
    const latency = createLatency();
    for (let sample = 0; sample < 6_400; sample++) latency.record((sample % 100) + 1);
    // Twice the median is 100.
    expect(latency.unusual()).toBeGreaterThanOrEqual(95);
    expect(latency.unusual()).toBeLessThanOrEqual(125);
  });

  it('follows a subgraph that becomes slower', () => {
    const latency = createLatency();
    for (let sample = 0; sample < 5_000; sample++) latency.record(5);
    for (let sample = 0; sample < 5_000; sample++) latency.record(500);
    expect(latency.unusual()).toBeGreaterThan(900);
  });
});

describe('hedge', () => {
  it('sends a second attempt when the first is unusually late; the loser is cancelled', () => {
    const { send, time, reached, events, receiver } = given();
    send(aCall(), receiver);
    time.pass(35);
    expect(reached).toHaveLength(1);
    time.pass(25);
    expect(reached).toHaveLength(2);
    reached[1]!.answer(ok);
    expect(reached[0]!.cancelled).toBe('OVERTAKEN');
    expect(receiver.outcomes).toEqual([ok]);
    expect(events).toEqual(['sent', 'won']);
  });

  it('takes the first answer when that comes first after all', () => {
    const { send, time, reached, events, receiver } = given();
    send(aCall(), receiver);
    time.pass(100);
    reached[0]!.answer(ok);
    expect(reached[1]!.cancelled).toBe('OVERTAKEN');
    expect(receiver.outcomes).toEqual([ok]);
    expect(events).toEqual(['sent']);
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('waits for the other attempt when attempt %i fails', (failing, other) => {
    const { send, time, reached, receiver } = given();
    send(aCall(), receiver);
    time.pass(100);
    reached[failing]!.answer(broken);
    expect(receiver.outcomes).toEqual([]);
    reached[other]!.answer(ok);
    expect(receiver.outcomes).toEqual([ok]);
  });

  it('fails when both fail', () => {
    const { send, time, reached, receiver } = given();
    send(aCall(), receiver);
    time.pass(100);
    reached[0]!.answer(broken);
    reached[1]!.answer(broken);
    expect(receiver.outcomes).toEqual([broken]);
  });

  it('never sends a mutation twice', () => {
    const { send, time, reached, receiver } = given();
    send(aCall({ request: mutation() }), receiver);
    time.pass(5_000);
    expect(reached).toHaveLength(1);
  });

  it('stays within its budget when everything is slow', () => {
    const { send, time, reached } = given({ perSecond: 0 });
    for (let call = 0; call < 400; call++) send(aCall({ startedAt: time.now() }), createFakeReceiver());
    time.pass(1_000);
    expect(reached).toHaveLength(400 + 20);
  });

  it('cancels both attempts when it is given up', () => {
    const { send, time, reached, receiver } = given();
    const sending = send(aCall(), receiver);
    time.pass(100);
    sending.cancel('TIMEOUT');
    expect(reached.map(({ cancelled }) => cancelled)).toEqual(['TIMEOUT', 'TIMEOUT']);
  });
});
