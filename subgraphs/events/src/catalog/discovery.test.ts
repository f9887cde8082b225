import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Event } from '../__generated__/prisma/client.js';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';

const query = `query ($filter: EventFilter, $orderBy: EventOrder! = STARTS_AT_ASC, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { distanceMeters node { id } } pageInfo { hasNextPage endCursor startCursor }
  }
}`;

type Found = {
  edges: { distanceMeters: number | null; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null; startCursor: string | null };
};

describe('discovery', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  async function find(variables: object): Promise<Found> {
    const { data, codes } = await events.anonymous.execute(query, { first: 100, ...variables });
    expect(codes).toEqual([]);
    return data.events;
  }
  const idsOf = ({ edges }: Found) => edges.map(({ node }) => node.id);

  describe('around a point', () => {
    const berlin = { latitude: 52.52, longitude: 13.405 };
    const places = {
      potsdam: { latitude: 52.39, longitude: 13.064 },
      hamburg: { latitude: 53.551, longitude: 9.994 },
      warsaw: { latitude: 52.23, longitude: 21.011 },
    };
    const ids: Record<string, string> = {};
    beforeAll(async () => {
      for (const [name, place] of Object.entries(places))
        ids[name] = (await events.given.event({ ...place, countryCode: 'ZZ' })).publicId;
      await events.given.event({ countryCode: 'ZZ' });
    });

    it.each<[number, string[]]>([
      [20, []],
      [30, ['potsdam']],
      [255, ['potsdam']],
      [256, ['potsdam', 'hamburg']],
      [1_000, ['potsdam', 'hamburg', 'warsaw']],
    ])('within %d km is what lies there, nearest first', async (withinKm, names) => {
      const filter = { near: { ...berlin, withinKm } };
      const found = await find({ filter, orderBy: 'DISTANCE_ASC' });
      expect(idsOf(found)).toEqual(names.map((name) => ids[name]));
      expect(new Set(idsOf(await find({ filter })))).toEqual(new Set(idsOf(found)));
    });

    it('is told with the way along the ground', async () => {
      const filter = { near: { ...berlin, withinKm: 1_000 } };
      const { edges } = await find({ filter, orderBy: 'DISTANCE_ASC' });
      const km = edges.map(({ distanceMeters }) => Math.round(distanceMeters! / 1_000));
      // Known distances, within half a per cent: the earth is no sphere.
      for (const [index, known] of [27.4, 255.5, 517].entries())
        expect(Math.abs(km[index]! - known) / known).toBeLessThan(0.02);
    });

    it('reaches over the meridian of 180 degrees and the pole', async () => {
      const fiji = await events.given.event({ latitude: -17, longitude: 179.9 });
      const pole = await events.given.event({ latitude: 89.9, longitude: -170 });
      const near = async (latitude: number, longitude: number) =>
        idsOf(await find({ filter: { near: { latitude, longitude, withinKm: 100 } } }));
      expect(await near(-17, -179.9)).toEqual([fiji.publicId]);
      expect(await near(89.9, 10)).toEqual([pole.publicId]);
    });

    it.each<[string, object, string[]]>([
      ['an order by distance from nowhere', { orderBy: 'DISTANCE_ASC' }, ['INVALID_INPUT']],
      ['a point beyond the pole', { filter: { near: { latitude: 91, longitude: 0 } } }, ['INVALID_INPUT']],
      ['the whole earth', { filter: { near: { ...berlin, withinKm: 1_001 } } }, ['INVALID_INPUT']],
      ['no distance', { filter: { near: { ...berlin, withinKm: 0 } } }, ['INVALID_INPUT']],
    ])('is not %s', async (_case, variables, expected) => {
      const { codes } = await events.anonymous.execute(query, { first: 1, ...variables });
      expect(codes).toEqual(expected);
    });
  });

  it('finds what one can pay, fee included, in the currency one has', async () => {
    const inCountry = { countryCode: 'GR' };
    const sold = async (...prices: [number, number, string][]) => {
      const event = await events.given.event(inCountry);
      for (const [priceMinor, feeMinor, currency] of prices)
        await events.db.ticketType.create({
          data: {
            ...{ id: crypto.randomUUID(), eventId: event.id, name: 'Ticket', currency, refundPercent: 0 },
            ...{ priceMinor, feeMinor, createdAt: events.clock.now(), updatedAt: events.clock.now() },
          },
        });
      return event.publicId;
    };
    const open = await sold();
    const gift = await sold([0, 0, 'EUR'], [5_000, 0, 'EUR']);
    const cheap = await sold([900, 100, 'EUR'], [5_000, 0, 'EUR']);
    const swiss = await sold([500, 0, 'CHF']);
    const ids = async (filter: object) => new Set(idsOf(await find({ filter: { ...inCountry, ...filter } })));
    const most = (amountMinor: string) => ids({ maxPrice: { amountMinor, currency: 'EUR' } });
    expect(await ids({ isFree: true })).toEqual(new Set([open, gift]));
    expect(await ids({ isFree: false })).toEqual(new Set([cheap, swiss]));
    expect(await most('1000')).toEqual(new Set([open, gift, cheap]));
    expect(await most('999')).toEqual(new Set([open, gift]));
  });

  it('finds what a person hosts, as the organizer or with one', async () => {
    const [person, other] = [events.given.person(), events.given.person()];
    const own = await events.given.event({ organizerId: person.id });
    const with_ = await events.given.event({ organizerId: other.id, coHostIds: [person.id] });
    await events.given.event({ organizerId: other.id });
    const ids = async (filter: object) => new Set(idsOf(await find({ filter })));
    expect(await ids({ hostId: person.publicId })).toEqual(new Set([own.publicId, with_.publicId]));
    expect(await ids({ organizerId: person.publicId })).toEqual(new Set([own.publicId]));
  });

  it('puts first what many registered for lately, as the last hour counted it', async () => {
    const inCountry = { countryCode: 'PT' };
    const [quiet, hot, faded] = [
      await events.given.event(inCountry),
      await events.given.event(inCountry),
      await events.given.event(inCountry),
    ];
    for (let index = 0; index < 3; index++) {
      await events.given.registration(hot, events.given.person().id);
      const { id } = await events.given.registration(faded, events.given.person().id);
      const confirmedAt = new Date(events.clock.now().getTime() - 31 * dayMs);
      if (index > 0) await events.db.registration.update({ where: { id }, data: { confirmedAt } });
      await events.given.registration(quiet, events.given.person().id, 'CANCELLED');
    }
    const ids = async () => idsOf(await find({ filter: inCountry, orderBy: 'POPULAR' }));
    expect(await ids()).toEqual([quiet, hot, faded].map(({ publicId }) => publicId));
    await events.runJob('countPopularity');
    expect(await ids()).toEqual([hot, faded, quiet].map(({ publicId }) => publicId));
    const over = await events.given.event({ startsAt: new Date(events.clock.now().getTime() - dayMs) });
    await events.runJob('countPopularity');
    expect((await events.db.event.findUniqueOrThrow({ where: { id: over.id } })).popularity).toBe(-1);
  });

  /** Whatever is added between two pages, what was there from the beginning is read once. */
  it.each(['STARTS_AT_ASC', 'CREATED_AT_DESC', 'POPULAR', 'DISTANCE_ASC'] as const)(
    'by %s neither repeats nor leaves out an event while others are added',
    async (orderBy) => {
      const point = { latitude: 10, longitude: 10 };
      let round = 0;
      // Few values, so that many events share a moment, a popularity and a distance.
      const event = fc.record({ at: fc.nat(3), popularity: fc.nat(2), degrees: fc.nat(2) });
      const columns = ({ at, popularity, degrees }: { at: number; popularity: number; degrees: number }) => ({
        startsAt: new Date(events.clock.now().getTime() + dayMs + at * hourMs),
        createdAt: new Date(events.clock.now().getTime() - at * hourMs),
        ...{
          popularity,
          latitude: 10 + degrees / 10,
          longitude: 10,
          city: `R${round}`,
          cityKey: `r${round}`,
        },
      });
      const input = {
        before: fc.array(event, { minLength: 1, maxLength: 12 }),
        between: fc.array(event, { maxLength: 6 }),
        size: fc.integer({ min: 1, max: 4 }),
        isForward: fc.boolean(),
      };
      await fc.assert(
        fc.asyncProperty(fc.record(input), async ({ before, between, size, isForward }) => {
          round++;
          const there: Event[] = [];
          for (const one of before) there.push(await events.given.event(columns(one)));
          const toAdd = [...between];
          const seen: string[] = [];
          const filter = { city: `r${round}`, near: { ...point, withinKm: 500 } };
          let cursor: string | null = null;
          do {
            const part = isForward
              ? { first: size, after: cursor }
              : { first: null, last: size, before: cursor };
            const page: Found = await find({ filter, orderBy, ...part });
            seen.push(...idsOf(page));
            const next = isForward ? page.pageInfo.endCursor : page.pageInfo.startCursor;
            cursor = page.edges.length === size ? next : null;
            const added = toAdd.pop();
            if (added) await events.given.event(columns(added));
          } while (cursor);
          expect(new Set(seen).size).toBe(seen.length);
          const missed = there.filter(
            (one) => !seen.includes((one as Event & { publicId: string }).publicId),
          );
          expect(missed).toEqual([]);
        }),
        { numRuns: 8 },
      );
    },
  );
});
