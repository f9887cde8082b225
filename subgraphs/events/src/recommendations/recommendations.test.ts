import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageHandler, Viewer } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { dayMs, givenEvents } from '../testing/given.js';

const query = `query ($first: Int!, $after: String) { recommendedEvents(first: $first, after: $after) {
  edges { reason node { id } } pageInfo { hasNextPage endCursor } } }`;

type Listed = {
  edges: { reason: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

describe('recommended events', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => void (events = await givenEvents()));
  afterAll(() => events.stop());

  async function told(type: string, data: object): Promise<void> {
    const handlers = events.subgraph.handlers as readonly MessageHandler<Transaction>[];
    for (const handler of handlers.filter((one) => one.type === type)) {
      const origin = { id: 'm', source: 'users', type, key: 'k', time: events.clock.now() };
      const rest = { requestId: undefined, traceparent: undefined, data: handler.schema.parse(data) };
      await events.db.$transaction((tx) => handler.handle({ ...origin, ...rest }, tx));
    }
  }
  const list = async (viewer: Viewer, variables: object = {}): Promise<Listed> => {
    const { data, codes } = await events.as(viewer).execute(query, { first: 100, ...variables });
    expect(codes).toEqual([]);
    return data.recommendedEvents;
  };
  const told_ = ({ edges }: Listed) => edges.map(({ reason, node }) => [reason, node.id]);
  const elsewhere = { countryCode: 'FJ', city: 'Suva', cityKey: 'suva' };

  /** A person who lives in Lyon, is about health, follows somebody and has been to an event about textiles. */
  async function aPerson() {
    const [person, followed, known] = [events.given.person(), events.given.person(), events.given.person()];
    await told('user.profileChanged', {
      ...{ userId: person.publicId, version: 2, displayName: 'Ana', headline: null, countryOfOrigin: 'RO' },
      ...{ countryOfResidence: 'FR', city: 'Lyon', languages: [], domains: ['HEALTH'], isDiscoverable: true },
    });
    const tie = { personId: person.publicId, otherId: followed.publicId, at: '2026-06-01T12:00:00.000Z' };
    await told('user.followed', { ...tie, version: 3 });
    await told('user.unfollowed', { ...tie, version: 2 });
    const been = await events.given.event({
      ...{ organizerId: known.id, domain: 'TEXTILE_AND_CLOTHING', ...elsewhere },
      startsAt: new Date(events.clock.now().getTime() - 9 * dayMs),
    });
    await events.given.registration(been, person.id);
    return { person, followed, known };
  }

  it('refuse a cursor that names no reason', async () => {
    const { viewer } = events.given.person();
    for (const rank of [-1, 0.5, 6, 1e300]) {
      const cursor = [rank, '2026-06-01T12:00:00.000Z', '0190a1f0-0000-7000-8000-000000000003'];
      const after = Buffer.from(JSON.stringify(cursor)).toString('base64url');
      expect((await events.as(viewer).execute(query, { first: 1, after })).codes).toEqual(['INVALID_INPUT']);
    }
  });

  it('come with their reasons, the strongest first, each event once', async () => {
    const { person, followed, known } = await aPerson();
    const lyon = { countryCode: 'FR', city: 'Lyon', cityKey: 'lyon' };
    const rows = {
      POPULAR: await events.given.event({ ...elsewhere, popularity: 9 }),
      IN_YOUR_COUNTRY: await events.given.event({ ...lyon, city: 'Lille', cityKey: 'lille' }),
      YOUR_FIELD: await events.given.event({ ...elsewhere, domain: 'TEXTILE_AND_CLOTHING' }),
      IN_YOUR_CITY: await events.given.event({ ...lyon, domain: 'HEALTH' }),
      KNOWN_ORGANIZER: await events.given.event({ ...lyon, organizerId: known.id }),
      FOLLOWED_HOST: await events.given.event({ ...lyon, organizerId: known.id, coHostIds: [followed.id] }),
    };
    const expected = Object.entries(rows)
      .map(([reason, { publicId }]) => [reason, publicId])
      .reverse();
    expect(told_(await list(person.viewer))).toEqual(expected);

    const paged: unknown[] = [];
    let after: string | null = null;
    do {
      const page: Listed = await list(person.viewer, { first: 1, after });
      paged.push(...told_(page));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      // Before what was read: it is not read again, and nothing is left out for it.
      await events.given.event({ ...elsewhere, organizerId: followed.id, visibility: 'PRIVATE' });
    } while (after);
    expect(paged).toEqual(expected);
  });

  it('are none that the viewer hosts, has answered, may not see in lists, or that a block stands before', async () => {
    const { person, followed } = await aPerson();
    const by = { ...elsewhere, organizerId: followed.id };
    const wanted = await events.given.event(by);
    await events.given.event({ ...by, coHostIds: [person.id] });
    await events.given.event({ ...by, visibility: 'UNLISTED' });
    await events.given.event({ ...by, status: 'DRAFT' });
    await events.given.event({ ...by, startsAt: new Date(events.clock.now().getTime() - 1) });
    await events.given.registration(await events.given.event(by), person.id, 'CANCELLED');
    const mine = async () =>
      told_(await list(person.viewer)).filter(([reason]) => reason === 'FOLLOWED_HOST');
    expect(await mine()).toEqual([['FOLLOWED_HOST', wanted.publicId]]);
    await events.db.block.create({
      data: { blockerId: followed.id, blockedId: person.id, isActive: true, version: 1 },
    });
    expect(await mine()).toEqual([]);
  });

  it('are for people who are signed in', async () => {
    const program = events.given.person({ kind: 'service', scopes: ['events:read'] }).viewer;
    for (const viewer of [null, program]) {
      const { data, codes } = await events.as(viewer).execute(query, { first: 1 });
      expect([data, codes]).toEqual([null, [viewer ? 'FORBIDDEN' : 'UNAUTHENTICATED']]);
    }
  });
});
