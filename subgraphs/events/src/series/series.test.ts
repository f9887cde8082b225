import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { eventIds, seriesIds } from '../ids.js';
import { givenTickets } from '../testing/given-tickets.js';
import { anEventInput, dayMs, givenEvents } from '../testing/given.js';

const answer = `event { id version title status occurrenceOn differsFromSeries startsAt { local instant }
  series { id version rule isPublished startsOn endsOn } } userErrors { code path }`;
const documents = {
  repeatEvent: `mutation ($input: RepeatEventInput!) { repeatEvent(input: $input) { ${answer} } }`,
  publishSeries: `mutation ($input: PublishSeriesInput!) { publishSeries(input: $input) { ${answer} } }`,
  updateSeries: `mutation ($input: UpdateSeriesInput!) { updateSeries(input: $input) { ${answer} } }`,
  cancelSeries: `mutation ($input: CancelSeriesInput!) { cancelSeries(input: $input) { ${answer} } }`,
  updateEvent: `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { ${answer} } }`,
  cancelEvent: `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { ${answer} } }`,
};

describe('series', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  async function run(name: keyof typeof documents, viewer: Viewer | null, input: object) {
    const { data, codes } = await events.as(viewer).execute(documents[name], { input });
    const payload = data?.[name] ?? {};
    return { ...payload, refusal: codes[0] ?? payload.userErrors?.[0]?.code ?? null };
  }

  async function daysLater(days: number, work: () => Promise<unknown>) {
    events.clock.advance(days * dayMs);
    await work().finally(() => events.clock.advance(-days * dayMs));
  }

  /** A weekly series in Berlin, Tuesdays at seven in the evening from 2 June 2026 on. */
  async function aSeries({
    rule = 'FREQ=WEEKLY;COUNT=4',
    ...overrides
  }: { rule?: string; [key: string]: unknown } = {}) {
    const organizer = events.given.person();
    const first = await events.given.event({
      ...{ organizerId: organizer.id, title: 'Cor', timeZone: 'Europe/Berlin' },
      ...{ startsAtLocal: new Date('2026-06-02T19:00:00Z'), endsAtLocal: new Date('2026-06-02T21:00:00Z') },
      ...{ startsAt: new Date('2026-06-02T17:00:00Z'), endsAt: new Date('2026-06-02T19:00:00Z') },
      ...overrides,
    });
    const repeated = await run('repeatEvent', organizer.viewer, {
      ...{ eventId: first.publicId, expectedVersion: 1, rule },
    });
    return { organizer, first, repeated, ...ofSeries(organizer.viewer, first.id) };
  }

  function ofSeries(viewer: Viewer, firstId: string) {
    const rows = async () => {
      const { organizerId } = await events.db.event.findUniqueOrThrow({ where: { id: firstId } });
      return events.db.event.findMany({
        where: { organizerId },
        orderBy: { startsAt: 'asc' },
        include: { series: true },
      });
    };
    const pick = async (index: number) => {
      const row = (await rows())[index]!;
      return { row, eventId: eventIds.encode(row.id), expectedVersion: row.series!.version };
    };
    const told = async () =>
      (await rows()).map(({ title, status, startsAtLocal }) =>
        [startsAtLocal.toISOString().slice(5, 16), title, status].join(' '),
      );
    return {
      rows,
      told,
      update: async (index: number, scope: string, changes: object) => {
        const { eventId, expectedVersion } = await pick(index);
        return run('updateSeries', viewer, { eventId, expectedVersion, scope, ...changes });
      },
      updateOne: async (index: number, changes: object) => {
        const { row, eventId } = await pick(index);
        return run('updateEvent', viewer, { eventId, expectedVersion: row.version, ...changes });
      },
      cancelOne: async (index: number) =>
        run('cancelEvent', viewer, { eventId: (await pick(index)).eventId }),
      cancel: async (index: number, scope: string) => {
        const { eventId, expectedVersion } = await pick(index);
        return run('cancelSeries', viewer, { eventId, expectedVersion, scope });
      },
      publish: async () => run('publishSeries', viewer, { eventId: (await pick(0)).eventId }),
    };
  }
  const status = (days: string[], title = 'Cor', state = 'PUBLISHED') =>
    days.map((day) => `${day}T19:00 ${title} ${state}`);
  const four = ['06-02', '06-09', '06-16', '06-23'];

  it('makes the events of a rule, each as the first, and tells others of each', async () => {
    const { repeated, rows, told } = await aSeries({ capacity: 12 });
    expect(repeated.event).toMatchObject({
      ...{ version: 2, occurrenceOn: '2026-06-02', differsFromSeries: false },
      series: { rule: 'FREQ=WEEKLY;UNTIL=20260623', isPublished: true, endsOn: '2026-06-23' },
    });
    expect(await told()).toEqual(status(four));
    const all = await rows();
    expect(all.map(({ capacity, registeredCount }) => [capacity, registeredCount])).toEqual(
      four.map(() => [12, 0]),
    );
    expect((await events.published(eventIds.encode(all[3]!.id))).map(({ type }) => type)).toEqual([
      'event.published',
    ]);
  });

  it('keeps the time of its clocks when these change', async () => {
    const { rows } = await aSeries({
      rule: 'FREQ=WEEKLY;BYDAY=SU;UNTIL=20261101',
      ...{ startsAtLocal: new Date('2026-10-18T19:00:00Z'), endsAtLocal: new Date('2026-10-18T21:00:00Z') },
      ...{ startsAt: new Date('2026-10-18T17:00:00Z'), endsAt: new Date('2026-10-18T19:00:00Z') },
    });
    expect((await rows()).map(({ startsAt }) => startsAt.toISOString())).toEqual([
      '2026-10-18T17:00:00.000Z',
      '2026-10-25T18:00:00.000Z',
      '2026-11-01T18:00:00.000Z',
    ]);
  });

  it('is made ahead by a job: what is there already stays as it is, twice at once or again later', async () => {
    const { rows, updateOne, cancelOne } = await aSeries({ rule: 'FREQ=DAILY' });
    expect(await rows()).toHaveLength(26);
    await updateOne(3, { title: 'Altfel' });
    await cancelOne(4);
    const other = events.anotherInstance();
    const runBoth = () =>
      Promise.all([
        events.runJob('materialiseSeries'),
        other.subgraph.jobs!['materialiseSeries']!.run({} as never, {} as never),
      ]);
    await runBoth();
    expect(await rows()).toHaveLength(26);
    await daysLater(2, runBoth);
    const days = (await rows()).map(({ occurrenceOn }) => occurrenceOn!.getTime());
    expect(days).toHaveLength(27);
    expect(new Set(days).size).toBe(27);
    expect((await rows()).slice(3, 5).map(({ title, status }) => [title, status])).toEqual([
      ['Altfel', 'PUBLISHED'],
      ['Cor', 'CANCELLED'],
    ]);
  });

  it('is not looked at any more once it is over, and each that is due is, however many they are', async () => {
    const { first } = await aSeries({ rule: 'FREQ=WEEKLY;COUNT=2' });
    const { seriesId } = await events.db.event.findUniqueOrThrow({ where: { id: first.id } });
    const series = await events.db.eventSeries.findUniqueOrThrow({ where: { id: seriesId! } });
    const { template, sale, form, ...same } = series;
    const json = { template: template!, sale: sale!, form: form! };
    const ids = Array.from({ length: 250 }, () => seriesIds.create());
    await events.db.eventSeries.createMany({ data: ids.map((id) => ({ ...same, ...json, id })) });
    await daysLater(30, async () => {
      await events.db.eventSeries.updateMany({ data: { dueAt: events.clock.now() } });
      await events.runJob('materialiseSeries');
      const due = { dueAt: { lte: new Date(events.clock.now().getTime() + 9_999 * dayMs) } };
      expect(await events.db.eventSeries.count({ where: { ...due, id: { in: [...ids, series.id] } } })).toBe(
        0,
      );
    });
    await events.db.eventSeries.deleteMany({ where: { id: { in: ids } } });
  });

  it('of drafts is published as a whole, and by itself from then on', async () => {
    const { publish, told, rows } = await aSeries({ status: 'DRAFT', rule: 'FREQ=WEEKLY' });
    expect((await rows()).every(({ status }) => status === 'DRAFT')).toBe(true);
    expect((await publish()).event).toMatchObject({ status: 'PUBLISHED', series: { isPublished: true } });
    expect(await told()).toEqual(expect.arrayContaining(status(four)));
    await daysLater(14, () => events.runJob('materialiseSeries'));
    expect((await rows()).every(({ status }) => status === 'PUBLISHED')).toBe(true);
  });

  describe('changed', () => {
    it('for one event leaves the others', async () => {
      const { updateOne, told } = await aSeries();
      expect((await updateOne(1, { title: 'Altfel' })).event).toMatchObject({ differsFromSeries: true });
      expect(await told()).toEqual([
        ...status(['06-02']),
        ...status(['06-09'], 'Altfel'),
        ...status(['06-16', '06-23']),
      ]);
    });

    it('for all passes over what single events have of their own, and over nothing else of them', async () => {
      const { updateOne, cancelOne, update, rows, told } = await aSeries();
      await updateOne(1, { title: 'Altfel' });
      await updateOne(2, { startsAt: '2026-06-17T18:00:00', endsAt: '2026-06-17T20:00:00' });
      await cancelOne(3);
      const changes = {
        title: 'Cor mare',
        startsAt: '2026-06-02T20:00:00',
        endsAt: '2026-06-02T23:00:00',
        tags: ['cor'],
      };
      expect((await update(0, 'ALL', changes)).refusal).toBeNull();
      expect(await told()).toEqual([
        '06-02T20:00 Cor mare PUBLISHED',
        '06-09T20:00 Altfel PUBLISHED',
        '06-17T18:00 Cor mare PUBLISHED',
        '06-23T19:00 Cor CANCELLED',
      ]);
      expect((await rows()).map(({ tags }) => tags.length)).toEqual([1, 1, 1, 0]);
    });

    it('for this and later events parts the series, and what is made later is as they are', async () => {
      const { update, told, rows } = await aSeries({ rule: 'FREQ=WEEKLY' });
      const { event } = await update(2, 'THIS_AND_LATER', { title: 'Dans' });
      expect(event.series).toMatchObject({ startsOn: '2026-06-16', endsOn: null });
      await daysLater(28, () => events.runJob('materialiseSeries'));
      const all = await told();
      expect(all.slice(0, 3)).toEqual([...status(['06-02', '06-09']), ...status(['06-16'], 'Dans')]);
      expect(all.slice(2).every((line) => line.includes('Dans'))).toBe(true);
      expect(all.length).toBeGreaterThan(26);
      const series = new Set((await rows()).map(({ seriesId }) => seriesId));
      expect(series.size).toBe(2);
    });

    it('to another rule calls off what it leaves out, keeps what differs, and makes the rest', async () => {
      const { updateOne, update, told } = await aSeries();
      await updateOne(2, { title: 'Altfel' });
      const refused = await update(1, 'ALL', { rule: 'FREQ=WEEKLY;BYDAY=WE' });
      expect(refused.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['scope'] }]);
      const moved = {
        rule: 'FREQ=WEEKLY;BYDAY=WE;COUNT=3',
        startsAt: '2026-06-10T19:00:00',
        endsAt: '2026-06-10T21:00:00',
      };
      expect((await update(1, 'THIS_AND_LATER', moved)).refusal).toBeNull();
      expect(await told()).toEqual([
        ...status(['06-02', '06-10']),
        ...status(['06-16'], 'Altfel'),
        ...status(['06-17']),
        ...status(['06-23'], 'Cor', 'CANCELLED'),
        ...status(['06-24']),
      ]);
    });

    it('to another day without a rule, or before anything else changed, is refused and changes nothing', async () => {
      const { organizer, first, update, told, rows } = await aSeries();
      const moved = await update(0, 'ALL', {
        startsAt: '2026-06-03T19:00:00',
        endsAt: '2026-06-03T21:00:00',
      });
      expect(moved.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['rule'] }]);
      await events.db.event.update({ where: { id: (await rows())[2]!.id }, data: { registeredCount: 5 } });
      const small = await update(0, 'ALL', { capacity: 4, title: 'Mic' });
      expect(small.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['capacity'] }]);
      const stale = await run('updateSeries', organizer.viewer, {
        ...{ eventId: first.publicId, expectedVersion: 9, scope: 'ALL', title: 'Nou' },
      });
      expect(stale.userErrors).toEqual([{ code: 'CONFLICT', path: ['expectedVersion'] }]);
      expect(await told()).toEqual(status(four));
    });
  });

  it('is called off from one event on, or as a whole, and no more are made', async () => {
    const { cancel, told, rows } = await aSeries({ rule: 'FREQ=WEEKLY' });
    await cancel(2, 'THIS_AND_LATER');
    const count = (await rows()).length;
    expect((await told()).slice(0, 3)).toEqual([
      ...status(['06-02', '06-09']),
      ...status(['06-16'], 'Cor', 'CANCELLED'),
    ]);
    await cancel(0, 'ALL');
    await daysLater(28, () => events.runJob('materialiseSeries'));
    const all = await rows();
    expect(all).toHaveLength(count);
    expect(all.every(({ status }) => status === 'CANCELLED')).toBe(true);
  });

  it('keeps a draft that is of a packet, also when another rule leaves out its day', async () => {
    const { update, rows, organizer } = await aSeries({ status: 'DRAFT' });
    const [, , packed, plain] = await rows();
    await givenTickets(events).packet(organizer, [{ event: packed! }]);
    expect((await update(0, 'THIS_AND_LATER', { rule: 'FREQ=DAILY;COUNT=3' })).userErrors).toEqual([]);
    const left = (await rows()).map(({ id }) => id);
    expect([left.includes(packed!.id), left.includes(plain!.id)]).toEqual([true, false]);
  });

  it('gets no other rule while very many events were made for its organizer within a day', async () => {
    const { update, organizer, first, told } = await aSeries();
    const { publicId: _id, ...row } = first;
    const many = Array.from({ length: 300 }, () => ({ ...row, id: eventIds.create(), title: 'Many' }));
    await events.db.event.createMany({ data: many as never });
    const change = () => update(301, 'THIS_AND_LATER', { rule: 'FREQ=WEEKLY;COUNT=3' });
    expect((await change()).refusal).toBe('RATE_LIMITED');
    expect((await update(301, 'ALL', { title: 'Nou' })).refusal).toBeNull();
    await events.db.event.deleteMany({ where: { organizerId: organizer.id, title: 'Many' } });
    expect((await update(1, 'THIS_AND_LATER', { rule: 'FREQ=WEEKLY;COUNT=2' })).refusal).toBeNull();
    expect(await told()).toContain('06-16T19:00 Nou PUBLISHED');
  });

  it('begins once, and on a day of its rule', async () => {
    const { organizer, first, repeated } = await aSeries();
    const input = { eventId: first.publicId, expectedVersion: repeated.event.version, rule: 'FREQ=DAILY' };
    expect((await run('repeatEvent', organizer.viewer, input)).userErrors).toMatchObject([
      { code: 'CONFLICT' },
    ]);
    const other = await events.given.event({ organizerId: organizer.id });
    const begin = (rule: string) =>
      run('repeatEvent', organizer.viewer, { eventId: other.publicId, expectedVersion: 1, rule });
    for (const rule of ['FREQ=WEEKLY;BYDAY=TU', 'FREQ=HOURLY', 'FREQ=WEEKLY;UNTIL=20250101'])
      expect((await begin(rule)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['rule'] }]);
    expect(await events.db.eventSeries.count({ where: { organizerId: organizer.id } })).toBe(1);
  });

  it('counts as one event a day, however many it is made of', async () => {
    const { organizer } = await aSeries({ rule: 'FREQ=DAILY' });
    const { data } = await events
      .as(organizer.viewer)
      .execute('mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }', {
        input: anEventInput(),
      });
    expect(data.createEvent.event).not.toBeNull();
  });

  it.each<[string, (organizer: Viewer, coHost: Viewer) => Viewer | null, string | null]>([
    ['a visitor', () => null, 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'FORBIDDEN'],
    [
      'a program',
      () => events.given.person({ kind: 'service', scopes: ['events:read'] }).viewer,
      'FORBIDDEN',
    ],
    ['a co-host', (_organizer, coHost) => coHost, 'FORBIDDEN'],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, null],
  ])('is changed by %s: %#', async (_who, viewerOf, refusal) => {
    const coHost = events.given.person();
    const { organizer, first, rows } = await aSeries({ coHostIds: [coHost.id] });
    const viewer = viewerOf(organizer.viewer, coHost.viewer);
    const pointed = { eventId: first.publicId, expectedVersion: 1, scope: 'ALL' };
    for (const [name, input] of [
      ['updateSeries', { ...pointed, title: 'Mine' }],
      ['publishSeries', { eventId: first.publicId }],
      ['cancelSeries', { ...pointed, expectedVersion: refusal ? 1 : 2 }],
    ] as const)
      expect([name, (await run(name, viewer, input)).refusal]).toEqual([name, refusal]);
    const isUntouched = (await rows()).every(
      ({ title, status }) => title === 'Cor' && status === 'PUBLISHED',
    );
    expect(isUntouched).toBe(refusal !== null);
  });

  it('is seen by whoever sees one of its events, and lists what lists may show', async () => {
    const { organizer, repeated } = await aSeries({ visibility: 'MEMBERS' });
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on EventSeries {
      rule events(first: 10) { nodes { id } } } } }`;
    const r = [{ __typename: 'EventSeries', id: repeated.event.series.id }];
    const seen = async (viewer: Viewer | null) =>
      (await events.as(viewer).execute(query, { r })).data._entities[0]?.events.nodes.length ?? null;
    expect([
      await seen(null),
      await seen(events.given.person().viewer),
      await seen(organizer.viewer),
    ]).toEqual([...[null, 4, 4]]);
  });
});
