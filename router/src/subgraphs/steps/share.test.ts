import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aCall, createFakeReceiver, createFakeStep, ok } from '../testing/fake-step.js';
import { createFakeTime } from '../testing/fake-time.js';
import { aContext, mutation, query } from '../testing/given.js';
import type { Call } from './call.js';
import { withSharing } from './share.js';

function given() {
  const { step, reached } = createFakeStep();
  const send = withSharing({ next: step, time: createFakeTime(), meter: { shared: () => undefined } });
  const ask = (over: Partial<Call> = {}) => {
    const receiver = createFakeReceiver();
    return { ...receiver, sending: send(aCall(over), receiver) };
  };
  return { reached, ask };
}
const of = (identity: string) => ({ context: aContext({ identity }) });

describe('sharing', () => {
  it('sends equal queries of one identity once and answers all', () => {
    const { reached, ask } = given();
    const asked = [ask(), ask(), ask()];
    expect(reached).toHaveLength(1);
    reached[0]!.answer(ok);
    expect(asked.map(({ outcomes }) => outcomes)).toEqual([[ok], [ok], [ok]]);
  });

  it.each<[string, Partial<Call>, Partial<Call>]>([
    ['of different identities', of('a'), of('b')],
    ['that are not the same', { request: query('{"a":1}') }, { request: query('{"a":2}') }],
    ['that are mutations', { request: mutation() }, { request: mutation() }],
    ['of which one has much more time', { deadline: 1_500 }, { deadline: 11_000 }],
  ])('does not join requests %s', (_name, one, other) => {
    const { reached, ask } = given();
    ask(one);
    ask(other);
    expect(reached).toHaveLength(2);
  });

  it('does not join what has been answered', () => {
    const { reached, ask } = given();
    ask();
    reached[0]!.answer(ok);
    ask();
    expect(reached).toHaveLength(2);
  });

  it.each([
    ['the first', 0],
    ['a later one', 1],
  ])('goes on for the others when %s leaves', (_name, leaving) => {
    const { reached, ask } = given();
    const asked = [ask(), ask(), ask()];
    asked[leaving]!.sending.cancel('CANCELLED');
    expect(reached[0]!.cancelled).toBeUndefined();
    reached[0]!.answer(ok);
    expect(asked.map(({ outcomes }) => outcomes.length)).toEqual(
      [0, 1, 2].map((n) => (n === leaving ? 0 : 1)),
    );
  });

  it('gives the request up when the last one leaves, for the reason of the last one', () => {
    const { reached, ask } = given();
    const asked = [ask(), ask()];
    asked[0]!.sending.cancel('CANCELLED');
    asked[1]!.sending.cancel('TIMEOUT');
    expect(reached[0]!.cancelled).toBe('TIMEOUT');
    ask();
    expect(reached).toHaveLength(2);
  });

  it('has the deadline of the most patient', () => {
    const { reached, ask } = given();
    ask({ deadline: 9_000 });
    ask({ deadline: 11_000 });
    expect(reached[0]!.call.deadline).toBe(11_000);
  });

  it.each([
    ['a mutation of the same identity was answered', 'me', 2],
    ['a mutation of somebody else was answered', 'you', 1],
  ])('after %s, a query joins nothing that began before', (_name, identity, expected) => {
    const { reached, ask } = given();
    ask(of('me'));
    ask({ ...of(identity), request: mutation() });
    reached[1]!.answer(ok);
    ask(of('me'));
    expect(reached.filter(({ call }) => call.request.kind === 'query')).toHaveLength(expected);
  });

  it('answers everybody who stays exactly once, with an answer to their own question', () => {
    const step = fc.record({
      action: fc.constantFrom('ask', 'ask', 'leave', 'answer'),
      pick: fc.nat(50),
      identity: fc.constantFrom('a', 'b'),
      body: fc.constantFrom('{"q":1}', '{"q":2}', '{"q":3}'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { reached, ask } = given();
        const asked: (ReturnType<typeof ask> & { wants: string; hasLeft: boolean })[] = [];
        const answered = new Set<number>();
        const answer = (index: number) => {
          const one = reached[index];
          if (one === undefined || one.cancelled !== undefined || answered.has(index)) return;
          answered.add(index);
          const text = one.call.context.identity + one.call.request.body;
          one.answer({ answer: { data: { text }, isPlain: true } });
        };
        for (const { action, pick, identity, body } of steps) {
          const member = asked[pick % Math.max(1, asked.length)];
          if (action === 'ask') {
            const one = ask({ ...of(identity), request: query(body) });
            asked.push(Object.assign(one, { wants: identity + body, hasLeft: false }));
          } else if (action === 'answer') answer(pick % Math.max(1, reached.length));
          else if (member !== undefined && !member.hasLeft && member.outcomes.length === 0) {
            member.hasLeft = true;
            member.sending.cancel('CANCELLED');
          }
        }
        reached.forEach((_, index) => answer(index));
        for (const { outcomes, wants, hasLeft } of asked) {
          const texts = outcomes.map((outcome) => outcome.answer?.data?.['text']);
          expect(texts).toEqual(hasLeft ? [] : [wants]);
        }
      }),
    );
  });
});
