import { describe, expect, it } from '@jest/globals';
import { sessionIds, userIds } from '../ids.js';
import { createRefreshTokens } from './refresh-tokens.js';
import { judgeExchange, recentRotations, rolesOf } from './rules.js';

const now = new Date('2026-06-01T12:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const at = { now, replayWindowMs: 30_000 };

describe('the exchange of a refresh token', () => {
  const rotatedAt = [secondsAgo(31), secondsAgo(30), secondsAgo(5)];

  it.each([
    ['the current token rotates', 7, 'rotate'],
    ['the predecessor of an unused token is answered again', 6, 'repeat'],
    ['what was exchanged a moment ago is answered again, although its successor is in use', 5, 'repeat'],
    ['what was exchanged before that is a replay', 4, 'replay'],
    ['what was exchanged long ago is a replay', 0, 'replay'],
    ['what the database has never heard of is refused', 8, 'refuse'],
  ] as const)('%s', (_name, generation, verdict) => {
    expect(judgeExchange(generation, { generation: 7, rotatedAt }, at)).toBe(verdict);
  });

  it('answers the predecessor however long its successor lies unused', () => {
    expect(judgeExchange(0, { generation: 1, rotatedAt: [secondsAgo(86_400)] }, at)).toBe('repeat');
  });

  it('is remembered for as long as it matters', () => {
    expect(recentRotations(rotatedAt, at)).toEqual([secondsAgo(30), secondsAgo(5), now]);
  });
});

describe('refresh tokens', () => {
  const tokens = createRefreshTokens('a secret');
  const first = tokens.first(sessionIds.create());

  it('name their session and generation, and are never drawn twice', () => {
    expect(tokens.read(tokens.write(first))).toEqual(first);
    expect(tokens.first(first.sessionId).body).not.toBe(first.body);
  });

  it('have one successor each, which nobody derives without the secret', () => {
    const successor = tokens.successorOf(first);
    expect(tokens.successorOf(first)).toEqual(successor);
    expect(successor).toMatchObject({ sessionId: first.sessionId, generation: 1 });
    expect(createRefreshTokens('another secret').successorOf(first).body).not.toBe(successor.body);
  });

  it('never lead back: a chain of successors does not repeat itself', () => {
    const chain = [first];
    while (chain.length < 50) chain.push(tokens.successorOf(chain.at(-1)!));
    expect(new Set(chain.map(({ body }) => body)).size).toBe(50);
  });

  const written = tokens.write(first);
  const [session, generation, body, tag] = written.split('.');
  it.each([
    ['nothing', ''],
    ['words', 'nonsense'],
    ['another secret', createRefreshTokens('another secret').write(first)],
    ['another generation', [session, '1', body, tag].join('.')],
    ['a generation written otherwise', [session, '00', body, tag].join('.')],
    ['another session', [sessionIds.encode(sessionIds.create()), generation, body, tag].join('.')],
    ['an id of another kind', [userIds.encode(first.sessionId), generation, body, tag].join('.')],
    ['a tag cut short', written.slice(0, -1)],
    ['more than a token', `${written}.x`],
    ['the session alone', `${session}.0.${'x'.repeat(43)}.${'x'.repeat(22)}`],
  ])('are told from %s', (_name, text) => {
    expect(tokens.read(text)).toBeUndefined();
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
    expect(rolesOf({ isSuperUser, eventOwnerSince: null }, offices)).toEqual(roles);
  });

  it('name whoever may sell tickets, below offices', () => {
    const owner = { isSuperUser: true, eventOwnerSince: new Date() };
    expect(rolesOf(owner, [consul])).toEqual(['SUPER_USER', 'CONSUL', 'EVENT_OWNER', 'REGULAR']);
  });
});
