import { describe, expect, it } from '@jest/globals';
import type { AppError } from '@diaspora/kit';
import fc from 'fast-check';
import type { Tie } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import { countsOf, messagesOf } from './consequences.js';
import * as rules from './rules.js';
import { requestLifetimeMs, viewOf, type Change, type Pair } from './rules.js';

const [ana, ben] = [userIds.create(), userIds.create()];
const noon = new Date('2026-06-01T12:00:00.000Z');
const later = (ms: number) => new Date(noon.getTime() + ms);

const tieOf = (personId: string, otherId: string): Tie => ({
  personId,
  otherId,
  version: 0,
  followingSince: null,
  friendsSince: null,
  requestedAt: null,
  requestNote: null,
  requestExpiresAt: null,
  declinedUntil: null,
  mutedSince: null,
  blockedSince: null,
});
const strangers = (): Pair => ({ mine: tieOf(ana, ben), theirs: tieOf(ben, ana) });
const turned = ({ mine, theirs }: Pair): Pair => ({ mine: theirs, theirs: mine });

/** What each of the two does in turn: "ana follow", "ben block". */
function after(steps: readonly string[], start = strangers(), now = noon): Pair {
  return steps.reduce((pair, step) => {
    const [who = '', what = ''] = step.split(' ');
    const change = changes[what]!;
    return who === 'ana' ? change(pair, now) : turned(change(turned(pair), now));
  }, start);
}
const changes: Record<string, Change> = {
  follow: rules.follow,
  unfollow: rules.unfollow,
  ask: rules.requestFriendship('Hello'),
  accept: rules.acceptRequest,
  decline: rules.declineRequest,
  cancel: rules.cancelRequest,
  part: rules.endFriendship,
  block: rules.block,
  unblock: rules.unblock,
  mute: rules.mute,
  unmute: rules.unmute,
};
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('what there is between two people', () => {
  it.each([
    [['ana ask'], 'REQUEST_SENT', 'REQUEST_RECEIVED'],
    [['ana ask', 'ben accept'], 'FRIENDS', 'FRIENDS'],
    [['ana ask', 'ben ask'], 'FRIENDS', 'FRIENDS'],
    [['ana ask', 'ben decline'], 'REQUEST_SENT', 'NONE'],
    [['ana ask', 'ben decline', 'ben ask'], 'FRIENDS', 'FRIENDS'],
    [['ana ask', 'ben decline', 'ben accept'], 'FRIENDS', 'FRIENDS'],
    [['ana ask', 'ben decline', 'ana cancel', 'ana ask'], 'REQUEST_SENT', 'NONE'],
    [['ana ask', 'ana cancel'], 'NONE', 'NONE'],
    [['ana ask', 'ben accept', 'ben part'], 'NONE', 'NONE'],
    [['ana ask', 'ben block', 'ben unblock'], 'NONE', 'NONE'],
    [['ana ask', 'ben accept', 'ana block'], 'NONE', 'NONE'],
  ])('after %j is seen as %s by the one and %s by the other', (steps, asAna, asBen) => {
    const pair = after(steps);
    expect(viewOf(pair, noon).friendship).toBe(asAna);
    expect(viewOf(turned(pair), noon).friendship).toBe(asBen);
  });

  it.each([
    ['ana follow', ['ben block'], 'NOT_FOUND'],
    ['ana ask', ['ben block'], 'NOT_FOUND'],
    ['ana follow', ['ana block'], 'NOT_FOUND'],
    ['ana accept', [], 'NOT_FOUND'],
    ['ana accept', ['ben ask', 'ben cancel'], 'NOT_FOUND'],
    ['ana decline', [], 'NOT_FOUND'],
    ['ana decline', ['ben ask', 'ana accept'], 'NOT_FOUND'],
    ['ana cancel', ['ana ask', 'ben accept'], 'CONFLICT'],
    ['ana block', ['ben block'], 'done'],
    ['ana mute', ['ben block'], 'done'],
  ])('answers "%s" after %j with %s', (step, steps, code) => {
    expect(codeOf(() => after([...steps, step]))).toBe(code);
  });

  it('changes nothing when the same is done again', () => {
    for (const what of ['follow', 'ask', 'block', 'mute']) {
      const once = after([`ana ${what}`]);
      expect(after([`ana ${what}`], once)).toBe(once);
    }
    const friends = after(['ana ask', 'ben accept']);
    for (const what of ['ask', 'accept']) expect(after([`ana ${what}`], friends)).toBe(friends);
    const pair = strangers();
    for (const what of ['unfollow', 'cancel', 'part', 'unblock', 'unmute'])
      expect(after([`ana ${what}`], pair)).toBe(pair);
  });

  it('has a request wait until it expires, to the millisecond, and then be asked anew', () => {
    const asked = after(['ana ask']);
    const end = later(requestLifetimeMs);
    const justBefore = later(requestLifetimeMs - 1);
    expect(viewOf(turned(asked), justBefore).friendship).toBe('REQUEST_RECEIVED');
    expect([viewOf(asked, end).friendship, viewOf(turned(asked), end).friendship]).toEqual(['NONE', 'NONE']);
    expect(codeOf(() => after(['ben accept'], asked, end))).toBe('NOT_FOUND');
    const anew = after(['ana ask'], asked, end);
    expect(viewOf(turned(anew), end).friendship).toBe('REQUEST_RECEIVED');
  });

  it('shows a request that follows a declined one when the declined one would have expired', () => {
    const declined = after(['ana ask', 'ben decline', 'ana cancel']);
    const again = after(['ana ask'], declined, later(1));
    expect(viewOf(turned(again), later(requestLifetimeMs - 1)).friendship).toBe('NONE');
    expect(viewOf(turned(again), later(requestLifetimeMs)).friendship).toBe('REQUEST_RECEIVED');
  });

  it('does not show whom others mute or block', () => {
    const pair = turned(after(['ana mute', 'ana block']));
    expect(viewOf(pair, noon)).toEqual(viewOf(null, noon));
  });
});

const step = fc.tuple(
  fc.constantFrom('ana', 'ben'),
  fc.constantFrom(...Object.keys(changes)),
  fc.nat({ max: 20 }),
);

describe('whatever two people do, one after the other', () => {
  /** Each change that was possible, with the time that went by before it. */
  function transitions(steps: readonly (readonly [string, string, number])[]) {
    let [before, now] = [strangers(), noon.getTime()];
    return steps.flatMap(([who, what, days]) => {
      now += days * 86_400_000;
      const at = new Date(now);
      const start = before;
      try {
        const next = after([`${who} ${what}`], before, at);
        if (next === before) return [];
        const version = before.mine.version + 1;
        before = { mine: { ...next.mine, version }, theirs: { ...next.theirs, version } };
        return [{ before: start, after: before, now: at }];
      } catch {
        return [];
      }
    });
  }

  it('friendship is mutual and a block leaves nothing beside it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        for (const { after: pair } of transitions(steps)) {
          expect(pair.mine.friendsSince).toEqual(pair.theirs.friendsSince);
          if (!rules.isBlocked(pair)) continue;
          for (const tie of [pair.mine, pair.theirs])
            expect(tie).toMatchObject({ followingSince: null, friendsSince: null, requestedAt: null });
        }
      }),
    );
  });

  it('what others are told and what is counted adds up to what there is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
        const all = transitions(steps);
        const last = all.at(-1)?.after ?? strangers();
        const counts = { friends: 0, following: 0, followers: 0 };
        for (const transition of all) {
          const { mine } = countsOf(transition);
          counts.friends += mine.friends;
          counts.following += mine.following;
          counts.followers += mine.followers;
        }
        expect(counts).toEqual({
          friends: Number(last.mine.friendsSince !== null),
          following: Number(last.mine.followingSince !== null),
          followers: Number(last.theirs.followingSince !== null),
        });
        // Delivered in any order, of one kind and direction the highest version is what holds.
        const messages = all.flatMap(messagesOf).sort(() => ((seed = (seed * 31 + 7) % 1009) % 2 ? 1 : -1));
        const holds = (begun: string, ended: string, personId: string | null) => {
          const of = messages.filter(
            ({ type, data }) =>
              (type === begun || type === ended) &&
              (personId === null || data.personId === userIds.encode(personId)),
          );
          const newest = of.reduce<(typeof of)[number] | null>(
            (best, message) => (best && best.data.version > message.data.version ? best : message),
            null,
          );
          return newest?.type === begun;
        };
        for (const tie of [last.mine, last.theirs]) {
          expect(holds('user.followed', 'user.unfollowed', tie.personId)).toBe(tie.followingSince !== null);
          expect(holds('user.blocked', 'user.unblocked', tie.personId)).toBe(tie.blockedSince !== null);
          expect(holds('user.muted', 'user.unmuted', tie.personId)).toBe(tie.mutedSince !== null);
        }
        expect(holds('user.connected', 'user.disconnected', null)).toBe(last.mine.friendsSince !== null);
      }),
    );
  });
});
