import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageHandler, Viewer } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { registrationIds } from '../ids.js';
import { tellCompletedEvents } from '../jobs.js';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';

const register = `mutation ($id: ID!) { registerForEvent(input: { eventId: $id }) {
  registration { id checkInCode { text } } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const scanning = `mutation ($input: CheckInInput!) { checkIn(input: $input) {
  scan { id refusal direction conflicts isOffline user { id } displayName } userErrors { code path } } }`;
const uploading = `mutation ($input: UploadScansInput!) { uploadScans(input: $input) {
  scans { id nonce refusal conflicts isOffline scannedAt } userErrors { code } } }`;
const steward = (verb: 'add' | 'remove') => `mutation ($eventId: ID!, $userId: ID!) {
  ${verb}Steward(input: { eventId: $eventId, userId: $userId }) { event { stewards { id } } userErrors { code } } }`;
const door = `query ($id: ID!, $search: String, $isInside: Boolean) { event(id: $id) {
  checkInStats { enteredCount insideCount refusals { reason count } }
  scans(first: 50, isConflicting: true) { nodes { id conflicts } }
  doorList(first: 50, search: $search, isInside: $isInside) {
    nodes { displayName guests admissionIds user { id } presence { isInside enteredAt } } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let nonces = 0;
const nonce = () => `n${++nonces}`;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

/** An event that begins in an hour, with a steward at its door. */
async function scene(overrides: object = {}) {
  const [host, warden] = [events.given.person(), events.given.person()];
  const startsAt = new Date(events.clock.now().getTime() + hourMs);
  const event = await events.given.event({ organizerId: host.id, startsAt, ...overrides });
  await events.given.known(warden);
  await events.as(host.viewer).execute(steward('add'), { eventId: event.publicId, userId: warden.publicId });
  const guest = async () => {
    const person = events.given.person();
    const { data } = await events.as(person.viewer).execute(register, { id: event.publicId });
    const { id, checkInCode } = data.registerForEvent.registration;
    return { ...person, registrationId: id as string, code: checkInCode.text as string };
  };
  const scan = async (input: object, viewer: Viewer | null = warden.viewer) => {
    const variables = { input: { eventId: event.publicId, nonce: nonce(), ...input } };
    const { data, codes } = await events.as(viewer).execute(scanning, variables);
    const errors = data?.checkIn.userErrors.map((error: any) => error.code as string) ?? [];
    return { scan: data?.checkIn.scan, codes: [...codes, ...errors] };
  };
  const refusalOf = async (input: object) => (await scan(input)).scan.refusal as string | null;
  const upload = async (scans: object[], viewer: Viewer | null = warden.viewer) =>
    (await events.as(viewer).execute(uploading, { input: { eventId: event.publicId, scans } })).data
      .uploadScans;
  const atDoor = async (more: object = {}) =>
    (await events.as(warden.viewer).execute(door, { id: event.publicId, ...more })).data.event;
  return { host, warden, event, guest, scan, refusalOf, upload, atDoor };
}

const later = (minutes: number) => new Date(events.clock.now().getTime() + minutes * 60_000).toISOString();

describe('at the door', () => {
  it('people go in, out and in again; it is told and counted', async () => {
    const { event, guest, scan, refusalOf, atDoor } = await scene();
    const { code, publicId, registrationId } = await guest();
    const first = await scan({ code, gate: 'North' });
    expect(first.scan).toMatchObject({
      refusal: null,
      direction: 'IN',
      user: { id: publicId },
      conflicts: [],
    });
    expect(await refusalOf({ code })).toBe('ALREADY_INSIDE');
    expect(await refusalOf({ code, direction: 'OUT' })).toBeNull();
    expect(await refusalOf({ code, direction: 'OUT' })).toBe('NOT_INSIDE');
    expect(await refusalOf({ admissionId: registrationId })).toBeNull();
    const told = (await events.published(event.publicId)).filter(({ type }) => type === 'checkin.recorded');
    expect(told.map(({ data }) => data['direction'])).toEqual(['IN', 'OUT', 'IN']);
    expect(told[0]!.data).toMatchObject({
      userId: publicId,
      admissionId: registrationId,
      isConflicting: false,
    });
    const { checkInStats } = await atDoor();
    expect(checkInStats).toMatchObject({ enteredCount: 1, insideCount: 1 });
    expect(checkInStats.refusals).toHaveLength(2);
    expect(checkInStats.refusals).toEqual(
      expect.arrayContaining([
        { reason: 'ALREADY_INSIDE', count: 1 },
        { reason: 'NOT_INSIDE', count: 1 },
      ]),
    );
  });

  it('a scan that is sent again is the same scan, ten at once too', async () => {
    const { event, guest, scan } = await scene();
    const { code } = await guest();
    const same = { code, nonce: nonce() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => scan(same)));
    expect(new Set(answers.map((answer) => answer.scan.id)).size).toBe(1);
    expect(answers.every((answer) => answer.scan.refusal === null)).toBe(true);
    expect((await scan({ ...same, direction: 'OUT' })).codes).toEqual(['CONFLICT']);
    expect(await events.db.scan.count({ where: { eventId: event.id } })).toBe(1);
  });

  it('one code at two doors at once lets one person in, each time it comes back', async () => {
    const { guest, refusalOf } = await scene();
    const { code } = await guest();
    for (let round = 0; round < 4; round++) {
      const refusals = await Promise.all(Array.from({ length: 8 }, () => refusalOf({ code })));
      expect(refusals.filter((refusal) => refusal === null)).toHaveLength(1);
      expect(refusals.filter((refusal) => refusal === 'ALREADY_INSIDE')).toHaveLength(7);
      expect(await refusalOf({ code, direction: 'OUT' })).toBeNull();
    }
  });

  it('codes of other events, forged, old and given back ones are refused', async () => {
    const here = await scene();
    const there = await scene();
    const [mine, foreign] = [await here.guest(), await there.guest()];
    expect(await here.refusalOf({ code: foreign.code })).toBe('OTHER_EVENT');
    const forged = mine.code.endsWith('AAAA') ? 'BBBB' : 'AAAA';
    expect(await here.refusalOf({ code: mine.code.slice(0, -4) + forged })).toBe('NOT_A_CODE');
    expect(await here.refusalOf({ admissionId: foreign.registrationId })).toBe('OTHER_EVENT');
    expect(await here.refusalOf({ admissionId: 'nonsense' })).toBe('NOT_A_CODE');
    await events.as(mine.viewer).execute(cancel, { id: mine.registrationId });
    expect(await here.refusalOf({ code: mine.code })).toBe('NOT_VALID');
    const again = await events.as(mine.viewer).execute(register, { id: here.event.publicId });
    expect(await here.refusalOf({ code: mine.code })).toBe('OUTDATED_CODE');
    const fresh = again.data.registerForEvent.registration.checkInCode.text;
    expect(await here.refusalOf({ code: fresh })).toBeNull();
  });

  it.each<[string, object, string]>([
    ['too early', { startsAt: new Date('2026-06-03T12:00:00Z') }, 'TOO_EARLY'],
    ['called off', { status: 'CANCELLED', cancelledAt: new Date() }, 'EVENT_CANCELLED'],
    [
      'over',
      { startsAt: new Date('2026-05-31T12:00:00Z'), endsAt: new Date('2026-05-31T14:00:00Z') },
      'TOO_LATE',
    ],
  ])('nobody goes in when it is %s', async (_when, overrides, reason) => {
    const { event, guest, refusalOf } = await scene();
    const { code } = await guest();
    await events.db.event.update({
      where: { id: event.id },
      data: { endsAt: new Date('2026-06-04T12:00:00Z'), ...overrides },
    });
    expect(await refusalOf({ code })).toBe(reason);
  });

  it.each<[string, (s: Awaited<ReturnType<typeof scene>>) => Viewer | null, string[]]>([
    ['anonymous', () => null, ['UNAUTHENTICATED']],
    ['a stranger', () => events.given.person().viewer, ['FORBIDDEN']],
    ['a steward', ({ warden }) => warden.viewer, []],
    ['the organizer', ({ host }) => host.viewer, []],
  ])('%s scans: %s', async (_who, viewerOf, codes) => {
    const s = await scene();
    const { code } = await s.guest();
    expect((await s.scan({ code }, viewerOf(s))).codes).toEqual(codes);
    expect(await events.db.scan.count({ where: { eventId: s.event.id } })).toBe(codes.length === 0 ? 1 : 0);
    const seen = await events.as(viewerOf(s)).execute(door, { id: s.event.publicId });
    expect(seen.data.event.doorList === null).toBe(codes.length > 0);
  });

  it('a steward who was sent away scans no more, also where the event is private', async () => {
    const { host, warden, event, guest, scan } = await scene();
    const { code } = await guest();
    await events.db.event.update({ where: { id: event.id }, data: { visibility: 'PRIVATE' } });
    expect((await scan({ code })).codes).toEqual([]);
    const { data } = await events
      .as(host.viewer)
      .execute(steward('remove'), { eventId: event.publicId, userId: warden.publicId });
    expect(data.removeSteward.event.stewards).toEqual([]);
    expect((await scan({ code, direction: 'OUT' })).codes).toEqual(['NOT_FOUND']);
    const stranger = events.given.person();
    const add = { eventId: event.publicId, userId: stranger.publicId };
    const refused = await events.as(stranger.viewer).execute(steward('add'), add);
    expect(refused.data.addSteward.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const nobody = await events.as(host.viewer).execute(steward('add'), add);
    expect(nobody.data.addSteward.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('people are found by their names, whatever their case, and by whether they are inside', async () => {
    const { guest, scan, atDoor } = await scene();
    const [ana, ion] = [await guest(), await guest()];
    const handler = (events.subgraph.handlers as readonly MessageHandler<Transaction>[]).find(
      ({ type }) => type === 'user.profileChanged',
    )!;
    const name = async (userId: string, displayName: string, version: number) => {
      const rest = { countryOfResidence: 'DE', city: null, domains: [] };
      const data = handler.schema.parse({ userId, version, displayName, ...rest });
      await events.db.$transaction((tx) => handler.handle({ data } as never, tx));
    };
    await name(ana.publicId, 'Ana Popescu', 2);
    await name(ana.publicId, 'Old Name', 1);
    await name(ion.publicId, 'Ion Popa', 1);
    const names = async (more: object) =>
      (await atDoor(more)).doorList.nodes.map((node: any) => node.displayName);
    expect(await names({ search: 'POPE ana' })).toEqual(['Ana Popescu']);
    expect(await names({ search: 'old' })).toEqual([]);
    expect(await names({ search: '%' })).toEqual([]);
    await scan({ admissionId: (await atDoor({ search: 'ion' })).doorList.nodes[0].admissionIds[0] });
    expect(await names({ isInside: true })).toEqual(['Ion Popa']);
    expect(await names({ isInside: false })).toEqual(['Ana Popescu']);
  });
});

it('the list of the door is read however many are inside', async () => {
  const { event, guest, atDoor } = await scene();
  const outside = await guest();
  await events.db.$executeRaw`
    INSERT INTO check_ins (kind, admission_id, event_id, holder_id, is_inside)
    SELECT 'TICKET', gen_random_uuid(), ${event.id}::uuid, gen_random_uuid(), TRUE FROM generate_series(1, 33000)`;
  const listed = async (isInside: boolean) =>
    (await atDoor({ isInside })).doorList.nodes.map(({ user }: { user: { id: string } }) => user.id);
  expect(await listed(false)).toEqual([outside.publicId]);
  expect(await listed(true)).toEqual([]);
});

describe('scans made without a connection', () => {
  it('are facts with their own times, in whatever order they arrive and however often', async () => {
    const { guest, upload, atDoor } = await scene();
    const { code } = await guest();
    const [entry, exit] = [
      { nonce: nonce(), code, scannedAt: later(-30) },
      { nonce: nonce(), code, direction: 'OUT', scannedAt: later(-10) },
    ];
    expect((await upload([exit])).scans[0]).toMatchObject({ refusal: null, isOffline: true, conflicts: [] });
    expect((await upload([entry, exit])).scans).toMatchObject([
      { scannedAt: entry.scannedAt },
      { nonce: exit.nonce },
    ]);
    const { checkInStats, doorList } = await atDoor();
    expect(checkInStats).toMatchObject({ enteredCount: 1, insideCount: 0, refusals: [] });
    expect(doorList.nodes[0].presence).toEqual({ isInside: false, enteredAt: entry.scannedAt });
  });

  it('are the scan that was sent before, when its answer was lost', async () => {
    const { event, guest, scan, upload } = await scene();
    const same = { code: (await guest()).code, nonce: nonce() };
    const { scan: online } = await scan(same);
    expect((await upload([{ ...same, scannedAt: later(0) }])).scans[0]).toMatchObject({
      id: online.id,
      isOffline: false,
    });
    expect(await events.db.scan.count({ where: { eventId: event.id } })).toBe(1);
  });

  it('are flagged where one admission went in at two doors, whichever is told first', async () => {
    const { guest, upload, atDoor } = await scene();
    const { code } = await guest();
    const [second] = (await upload([{ nonce: nonce(), code, gate: 'South', scannedAt: later(-5) }])).scans;
    expect(second.conflicts).toEqual([]);
    await upload([{ nonce: nonce(), code, gate: 'North', scannedAt: later(-20) }]);
    expect((await atDoor()).scans.nodes).toEqual([{ id: second.id, conflicts: ['ENTERED_TWICE'] }]);
  });

  it.each<
    [
      string,
      (s: { registrationId: string; viewer: Viewer; eventId: string }) => Promise<unknown>,
      object,
      string[],
    ]
  >([
    [
      'after the place was given back',
      ({ viewer, registrationId }) => events.as(viewer).execute(cancel, { id: registrationId }),
      { minutes: 5 },
      ['NOT_VALID'],
    ],
    [
      'before it was given back',
      ({ viewer, registrationId }) => events.as(viewer).execute(cancel, { id: registrationId }),
      { minutes: -5 },
      [],
    ],
    [
      'with a code of before',
      async ({ viewer, registrationId, eventId }) => {
        await events.as(viewer).execute(cancel, { id: registrationId });
        await events.as(viewer).execute(register, { id: eventId });
      },
      { minutes: 5 },
      ['OUTDATED_CODE'],
    ],
    ['long before the event', async () => undefined, { minutes: -24 * 60 }, ['OUTSIDE_EVENT']],
    ['by a clock far ahead', async () => undefined, { minutes: 10 }, ['CLOCK_AHEAD']],
  ])('%s', async (_when, happened, { minutes }: any, conflicts) => {
    const { event, guest, upload } = await scene();
    const person = await guest();
    await happened({ ...person, eventId: event.publicId });
    if (conflicts[0] !== 'CLOCK_AHEAD' && minutes > 0) events.clock.advance(minutes * 2 * 60_000);
    const at = conflicts[0] !== 'CLOCK_AHEAD' && minutes > 0 ? later(-minutes) : later(minutes);
    const { scans } = await upload([{ nonce: nonce(), code: person.code, scannedAt: at }]);
    expect(scans).toMatchObject([{ refusal: null, conflicts }]);
  });

  it('let nobody in by what is no code, and are refused as a whole when one of them is unreadable', async () => {
    const { event, guest, upload, atDoor } = await scene();
    const { code } = await guest();
    const { scans } = await upload([{ nonce: nonce(), code: 'nonsense', scannedAt: later(0) }]);
    expect(scans).toMatchObject([{ refusal: 'NOT_A_CODE', conflicts: [] }]);
    expect((await atDoor()).checkInStats.refusals).toEqual([{ reason: 'NOT_A_CODE', count: 1 }]);
    const good = { nonce: nonce(), code, scannedAt: later(0) };
    const answer = await upload([good, { nonce: nonce(), scannedAt: later(0) }]);
    expect(answer).toMatchObject({ scans: null, userErrors: [{ code: 'INVALID_INPUT' }] });
    expect(await events.db.scan.count({ where: { eventId: event.id } })).toBe(1);
  });

  it('of an event that is over are told of once, however often they are sent', async () => {
    const { event, guest, upload } = await scene();
    const late = [{ nonce: nonce(), code: (await guest()).code, scannedAt: later(30) }];
    events.clock.advance(dayMs);
    await events.subgraph.jobs![tellCompletedEvents.name]!.run({} as never, {} as never);
    for (let time = 0; time < 3; time++) await upload(late);
    const told = (await events.published(event.publicId)).filter(({ type }) => type === 'event.completed');
    expect(told.map(({ data }) => data['checkedInCount'])).toEqual([null, 1]);
  });

  it('correct what others were told of an event that is over', async () => {
    const { event, guest, scan, upload } = await scene();
    const [ana, ion] = [await guest(), await guest()];
    await scan({ code: ana.code });
    const scannedAt = later(30);
    events.clock.advance(dayMs);
    await events.subgraph.jobs![tellCompletedEvents.name]!.run({} as never, {} as never);
    await upload([{ nonce: nonce(), code: ion.code, scannedAt }]);
    const told = (await events.published(event.publicId)).filter(({ type }) => type === 'event.completed');
    expect(told.map(({ data }) => data['checkedInCount'])).toEqual([1, 2]);
    const versions = told.map(({ data }) => data['version'] as number);
    expect(versions[1]).toBeGreaterThan(versions[0]!);
  });
});

it('whoever was erased is gone from the door, and what they scanned says no more than a key', async () => {
  const { guest, scan } = await scene();
  const { code, registrationId } = await guest();
  await scan({ code });
  const row = await events.db.scan.findFirstOrThrow({
    where: { admissionId: registrationIds.decode(registrationId) },
  });
  expect(JSON.stringify(row)).not.toContain(code);
});
