import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbox, createPool, parsePage } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import fc from 'fast-check';
import { userIds } from '../ids.js';
import { messages } from '../messages.js';
import { givenUsers } from '../testing/given.js';
import { peopleStatement, type PeopleList } from './people.js';
import {
  acceptRequest,
  block,
  cancelRequest,
  declineRequest,
  endFriendship,
  follow,
  mute,
  requestFriendship,
  unblock,
  unfollow,
  unmute,
  type Change,
} from './rules.js';
import { createConnections } from './service.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

let users: Users;
let connections: ReturnType<typeof createConnections>;
beforeAll(async () => {
  users = await givenUsers();
  const { db, clock } = users;
  connections = createConnections({ db, clock, outbox: createOutbox(messages, { clock }) });
});
afterAll(() => users.stop());

const people = (count: number) => Promise.all(Array.from({ length: count }, () => users.given.person()));
const told = async (one: Person, other: Person) => {
  const key = [one.publicId, other.publicId].sort().join(':');
  const rows = await users.db.$queryRaw<{ type: string; data: { version: number } }[]>`
    SELECT type, envelope -> 'data' AS data FROM kit.outbox WHERE key = ${key} ORDER BY position`;
  return rows.map(({ type, data }) => ({ type, version: data.version }));
};
const tieOf = (person: Person, other: Person) =>
  users.db.tie.findUniqueOrThrow({ where: { personId_otherId: { personId: person.id, otherId: other.id } } });
const settled = (changes: Promise<void>[]) =>
  Promise.allSettled(changes).then((results) => results.map(({ status }) => status));

/** What a person is counted to have, and what there is. */
async function countsOf({ id }: Person) {
  const kept = await users.db.connectionCount.findUnique({ where: { accountId: id } });
  const [friends, following, followers] = await Promise.all([
    users.db.tie.count({ where: { personId: id, friendsSince: { not: null } } }),
    users.db.tie.count({ where: { personId: id, followingSince: { not: null } } }),
    users.db.tie.count({ where: { otherId: id, followingSince: { not: null } } }),
  ]);
  return {
    kept: kept ?? { accountId: id, friends: 0, following: 0, followers: 0 },
    recount: { accountId: id, friends, following, followers },
  };
}

describe('changes of one pair at once', () => {
  it('would leave two requests and no friendship when both sides looked first', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    await connections.change(ana.id, ben.id, follow);
    const now = users.clock.now();
    const look = async (me: Person, other: Person) => ({
      mine: await tieOf(me, other),
      theirs: await tieOf(other, me),
    });
    // Both have looked before either writes.
    const pairs = await Promise.all([look(ana, ben), look(ben, ana)]);
    for (const pair of pairs) {
      const { personId, otherId, ...data } = requestFriendship(null)(pair, now).mine;
      await users.db.tie.update({ where: { personId_otherId: { personId, otherId } }, data });
    }
    const ties = [await tieOf(ana, ben), await tieOf(ben, ana)];
    expect(ties.map(({ requestedAt }) => requestedAt)).toEqual([now, now]);
    expect(ties.map(({ friendsSince }) => friendsSince)).toEqual([null, null]);
  });

  it('make one friendship of requests that cross', async () => {
    for (let round = 0; round < 5; round++) {
      const [ana, ben] = (await people(2)) as [Person, Person];
      const ask = requestFriendship('Hi');
      await Promise.all([
        ...[1, 2].map(() => connections.change(ana.id, ben.id, ask)),
        ...[1, 2].map(() => connections.change(ben.id, ana.id, ask)),
      ]);
      const ties = [await tieOf(ana, ben), await tieOf(ben, ana)];
      for (const tie of ties)
        expect(tie).toMatchObject({
          friendsSince: users.clock.now(),
          requestedAt: null,
          requestNote: null,
          version: 2,
        });
      expect(await told(ana, ben)).toEqual([
        { type: 'user.friendRequested', version: 1 },
        { type: 'user.connected', version: 2 },
      ]);
      for (const person of [ana, ben]) expect((await countsOf(person)).kept.friends).toBe(1);
    }
  });

  it('let either the acceptance or the withdrawal of a request win', async () => {
    for (let round = 0; round < 5; round++) {
      const [ana, ben] = (await people(2)) as [Person, Person];
      await connections.change(ana.id, ben.id, requestFriendship(null));
      const outcomes = await settled([
        connections.change(ben.id, ana.id, acceptRequest),
        connections.change(ana.id, ben.id, cancelRequest),
      ]);
      expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(1);
      const isFriend = (await tieOf(ana, ben)).friendsSince !== null;
      expect(isFriend).toBe(outcomes[0] === 'fulfilled');
    }
  });

  it('leave nothing beside a block, whatever runs with it', async () => {
    const changes = [follow, requestFriendship(null), acceptRequest, mute];
    const [ana, ben] = (await people(2)) as [Person, Person];
    await connections.change(ben.id, ana.id, requestFriendship(null));
    await settled([
      ...changes.map((change) => connections.change(ana.id, ben.id, change)),
      connections.change(ben.id, ana.id, block),
      ...changes.map((change) => connections.change(ben.id, ana.id, change)),
    ]);
    for (const tie of [await tieOf(ana, ben), await tieOf(ben, ana)])
      expect(tie).toMatchObject({ followingSince: null, friendsSince: null, requestedAt: null });
    for (const person of [ana, ben]) {
      const { kept, recount } = await countsOf(person);
      expect(kept).toEqual(recount);
    }
  });
});

describe('a change', () => {
  it('of nothing writes nothing and tells nobody', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    for (const change of [unfollow, endFriendship, unblock, unmute, cancelRequest])
      await connections.change(ana.id, ben.id, change);
    await expect(connections.change(ana.id, ben.id, acceptRequest)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await users.db.tie.count({ where: { personId: { in: [ana.id, ben.id] } } })).toBe(0);
    expect(await told(ana, ben)).toEqual([]);
  });

  it('is refused with oneself, with nobody, and with somebody whose address is not proved', async () => {
    const [ana, unproved] = await Promise.all([
      users.given.person(),
      users.given.person({ isVerified: false }),
    ]);
    const refused = async (otherId: string) =>
      connections.change(ana.id, otherId, follow).catch((error: { code: string }) => error.code);
    expect(await refused(ana.id)).toBe('INVALID_INPUT');
    expect(await refused(userIds.create())).toBe('NOT_FOUND');
    expect(await refused(unproved.id)).toBe('NOT_FOUND');
    expect(await users.db.tie.count({ where: { personId: ana.id } })).toBe(0);
  });
});

describe('counts', () => {
  const changes: Change[] = [
    ...[follow, follow, unfollow, requestFriendship(null), requestFriendship(null)],
    ...[acceptRequest, acceptRequest, declineRequest, cancelRequest, endFriendship, block, unblock, unblock],
  ];
  it('equal a recount after whatever four people did to each other, much of it at once', async () => {
    const step = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.constantFrom(...changes));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const all = await people(4);
        for (let at = 0; at < steps.length; at += 8) {
          const batch = steps.slice(at, at + 8).filter(([one, other]) => one !== other);
          await settled(
            batch.map(([one, other, change]) => connections.change(all[one]!.id, all[other]!.id, change)),
          );
        }
        for (const person of all) {
          const { kept, recount } = await countsOf(person);
          expect(kept).toEqual(recount);
        }
      }),
      { numRuns: 4 },
    );
  });
});

describe('viewerConnection', () => {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { viewerConnection {
    isFollowing isFollowedBy friendship friendsSince isMuted hasBlocked } } } }`;
  const view = async (client: { execute: Users['anonymous']['execute'] }, ...of: Person[]) => {
    const r = of.map(({ publicId: id }) => ({ __typename: 'User', id }));
    const { data, errors } = await client.execute(query, { r });
    expect(errors).toEqual([]);
    return data._entities.map((user: any) => user.viewerConnection);
  };
  const nothing = {
    isFollowing: false,
    isFollowedBy: false,
    friendship: 'NONE',
    friendsSince: null,
    isMuted: false,
    hasBlocked: false,
  };

  it('is one’s own view; visitors, service accounts and oneself have none', async () => {
    const [ana, ben, cleo] = (await people(3)) as [Person, Person, Person];
    await connections.change(ana.id, ben.id, follow);
    await connections.change(ana.id, ben.id, mute);
    await connections.change(ana.id, cleo.id, block);
    expect(await view(users.as(ana.viewer), ana, ben, cleo)).toEqual([
      null,
      { ...nothing, isFollowing: true, isMuted: true },
      { ...nothing, hasBlocked: true },
    ]);
    expect(await view(users.as(ben.viewer), ana, cleo)).toEqual([
      { ...nothing, isFollowedBy: true },
      nothing,
    ]);
    expect(await view(users.as(cleo.viewer), ana)).toEqual([nothing]);
    expect(await view(users.anonymous, ana, ben)).toEqual([null, null]);
    expect(await view(users.as(aViewer({ kind: 'service' })), ana)).toEqual([null]);
  });

  it('of twenty people takes one statement more than their names', async () => {
    const [ana, ...others] = (await people(20)) as [Person, ...Person[]];
    for (const other of others) await connections.change(ana.id, other.id, follow);
    const before = users.statements();
    await view(users.as(ana.viewer), ...others);
    expect(users.statements() - before).toBe(2);
  });
});

describe('lists of people among 30,000 ties', () => {
  let owner: ReturnType<typeof createPool>;
  beforeAll(async () => {
    owner = createPool({ url: users.ownerUrl, max: 1 });
    await owner.query(manyTies);
  }, 120_000);
  afterAll(() => owner.end());

  it.each<PeopleList>(['friends', 'following', 'followers', 'muted', 'blocked'])(
    'are read from an index of their own, wherever they go on: %s',
    async (list) => {
      const page = parsePage({ first: 20 }, [
        { field: 'since', direction: 'desc', type: 'date' },
        { field: 'memberId', direction: 'desc', type: 'uuid' },
      ]);
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id FROM accounts WHERE email_key LIKE 'many%' LIMIT 20`,
      );
      const ownerIds = rows.map(({ id }) => id);
      for (const beyond of [null, ['2026-03-01T00:00:00.000Z', userIds.create()]]) {
        const statement = peopleStatement({ list, ownerIds, page, beyond, viewer: aViewer() });
        const { rows: plan } = await owner.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN ${statement.text}`,
          statement.values,
        );
        const text = plan.map((row) => row['QUERY PLAN']).join('\n');
        expect(text).toContain(`ties_${list}`);
        expect(text).not.toContain('Seq Scan');
      }
    },
  );
});

/** 1,000 people with thirty others each. */
const manyTies = `
  INSERT INTO accounts (id, email, email_key, password_hash, created_at, email_verified_at)
    SELECT md5('many' || n)::uuid, 'many' || n, 'many' || n, '', now(), now() FROM generate_series(1, 1000) n;
  INSERT INTO ties (person_id, other_id, version, following_since, friends_since, muted_since, blocked_since)
    SELECT md5('many' || n)::uuid, md5('many' || 1 + (n + k * k) % 1000)::uuid, 1,
      CASE WHEN k % 3 = 0 THEN t END, CASE WHEN k % 3 = 1 THEN t END, CASE WHEN k % 2 = 0 THEN t END,
      CASE WHEN k % 3 = 2 THEN t END
    FROM generate_series(1, 1000) n, generate_series(1, 30) k,
      LATERAL (SELECT timestamptz '2026-01-01' + (n * k % 9000) * interval '20 minutes' AS t) AS at
    ON CONFLICT DO NOTHING;
  ANALYZE ties; ANALYZE accounts`;
