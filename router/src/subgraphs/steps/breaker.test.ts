import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeTime } from '../testing/fake-time.js';
import { createBreaker, type Breaker } from './breaker.js';

describe('breaker', () => {
  let time: ReturnType<typeof createFakeTime>;
  let changes: string[];
  let breaker: Breaker;
  beforeEach(() => {
    time = createFakeTime();
    changes = [];
    breaker = createBreaker({
      failurePercent: 50,
      windowMs: 10_000,
      leastCalls: 10,
      openMs: 5_000,
      time,
      onChange: (state) => void changes.push(state),
    });
  });

  function calls(pattern: string): void {
    for (const letter of pattern) {
      const pass = breaker.enter();
      if (pass !== undefined)
        breaker.leave(pass, letter === 'F' ? 'failure' : letter === 'S' ? 'success' : 'unknown');
    }
  }

  it.each([
    ['fewer failures than the share', 'SSSSSSFFFFSSSSSSSSSS', 'closed'],
    ['too few calls to tell', 'FFFFFFFFF', 'closed'],
    ['half of enough calls failing', 'SSSSSFFFFF', 'open'],
    ['nothing but failures', 'FFFFFFFFFF', 'open'],
    ['calls that were given up', 'FFFFFFFFF????????????', 'closed'],
  ])('after %s (%s) it is %s', (_name, pattern, state) => {
    calls(pattern);
    expect(breaker.state()).toBe(state);
  });

  it('forgets failures that are older than the window', () => {
    calls('FFFFFFFFF');
    time.pass(10_001);
    calls('F');
    expect(breaker.state()).toBe('closed');
  });

  it('counts failures from all over the window', () => {
    for (let second = 0; second < 9; second++) {
      calls('F');
      time.pass(1_000);
    }
    calls('F');
    expect(breaker.state()).toBe('open');
  });

  it('lets nothing through while open, and then few probes at a time', () => {
    calls('FFFFFFFFFF');
    time.pass(4_999);
    expect(breaker.enter()).toBeUndefined();
    time.pass(1);
    expect([1, 2, 3, 4].map(() => breaker.enter())).toEqual(['probe', 'probe', 'probe', undefined]);
    expect(breaker.state()).toBe('half-open');
  });

  it('closes when the probes succeed, with a clean slate', () => {
    calls('FFFFFFFFFF');
    time.pass(5_000);
    calls('SSS');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
    calls('FFFFFFFFF');
    expect(breaker.state()).toBe('closed');
  });

  it('opens again for the whole time when a probe fails', () => {
    calls('FFFFFFFFFF');
    time.pass(5_000);
    calls('SF');
    expect(breaker.state()).toBe('open');
    time.pass(4_999);
    expect(breaker.enter()).toBeUndefined();
  });

  it('gives the place of a probe that was given up to another', () => {
    calls('FFFFFFFFFF');
    time.pass(5_000);
    calls('????????');
    expect(breaker.state()).toBe('half-open');
    calls('SSS');
    expect(breaker.state()).toBe('closed');
  });

  it('does not care for the end of calls that began before it opened', () => {
    const early = breaker.enter()!;
    calls('FFFFFFFFFF');
    time.pass(5_000);
    breaker.enter();
    breaker.leave(early, 'failure');
    expect(breaker.state()).toBe('half-open');
  });
});
