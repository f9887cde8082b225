import { describe, expect, it } from '@jest/globals';
import { sessionIds } from '../ids.js';
import { hashToken, judgeExchange, newRefreshToken, rolesOf, successorOf } from './rules.js';

const sessionId = sessionIds.create();
const secret = 'a secret';

describe('the exchange of a refresh token', () => {
  const [first, second, third] = ['first', 'second', 'third'].map(hashToken) as [string, string, string];

  it.each([
    ['the current token rotates', second, { currentHash: second, previousHash: first }, 'rotate'],
    ['the first token of a session rotates', first, { currentHash: first, previousHash: null }, 'rotate'],
    [
      'the predecessor of an unused token is answered again',
      first,
      { currentHash: second, previousHash: first },
      'repeat',
    ],
    [
      'what came before the predecessor is a replay',
      first,
      { currentHash: third, previousHash: second },
      'replay',
    ],
    [
      'what never was a token is a replay',
      hashToken('x'),
      { currentHash: first, previousHash: null },
      'replay',
    ],
  ] as const)('%s', (_name, presented, session, verdict) => {
    expect(judgeExchange(presented, session)).toBe(verdict);
  });
});

describe('refresh tokens', () => {
  it('name their session and are never drawn twice', () => {
    const tokens = [newRefreshToken(sessionId), newRefreshToken(sessionId)];
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.map((token) => sessionIds.decode(token.split('.')[0]!))).toEqual([sessionId, sessionId]);
  });

  it('have one successor each, which nobody derives without the secret', () => {
    const token = newRefreshToken(sessionId);
    const successor = successorOf(token, sessionId, secret);
    expect(successorOf(token, sessionId, secret)).toBe(successor);
    expect(successorOf(token, sessionId, 'another secret')).not.toBe(successor);
    expect(successorOf(newRefreshToken(sessionId), sessionId, secret)).not.toBe(successor);
    expect(sessionIds.decode(successor.split('.')[0]!)).toBe(sessionId);
  });

  it('never lead back: a chain of successors does not repeat itself', () => {
    const chain = [newRefreshToken(sessionId)];
    while (chain.length < 50) chain.push(successorOf(chain.at(-1)!, sessionId, secret));
    expect(new Set(chain).size).toBe(50);
  });
});

describe('the roles in a token', () => {
  const ambassador = { role: 'AMBASSADOR' };
  const consul = { role: 'CONSUL' };
  it.each([
    ['a member', false, [], ['REGULAR']],
    ['a consul of two cities', false, [consul, consul], ['CONSUL', 'REGULAR']],
    ['a consul who is ambassador too', false, [consul, ambassador], ['AMBASSADOR', 'CONSUL', 'REGULAR']],
    ['a super user', true, [], ['SUPER_USER', 'REGULAR']],
    ['a super user with an office', true, [consul], ['SUPER_USER', 'CONSUL', 'REGULAR']],
  ])('of %s, highest first', (_name, isSuperUser, offices, roles) => {
    expect(rolesOf({ isSuperUser }, offices)).toEqual(roles);
  });
});
