import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { officeIds } from '../ids.js';
import { beginOffice, endLapsedOffice } from '../jobs.js';
import { givenUsers } from '../testing/given.js';
import { officeActions } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers({ consulsPerCity: 3 });
  actions = officeActions(users);
});
afterAll(() => users.stop());

const dayMs = 86_400_000;
const people = (count: number) => Promise.all(Array.from({ length: count }, () => users.given.person()));
const typesTold = async (key: string) => (await users.messages(key)).map(({ type }) => type);

describe('a term', () => {
  it('that begins later is UPCOMING, gives no authority, and is ACTIVE at its first moment without a job', async () => {
    const { ambassador, countryCode } = await actions.country('AT');
    const [person] = await people(1);
    const startsAt = actions.inDays(10);
    const place = { countryCode, city: 'Graz', startsAt };
    const { office } = await actions.appoint(ambassador, 'appointConsul', person!, place);
    expect(office).toMatchObject({ status: 'UPCOMING', startsAt });
    expect(await actions.epochOf(person!)).toBe(0);
    const held = `query ($id: ID!) { user(id: $id) { offices { id status } } }`;
    const ask = async () => (await users.as(person!.viewer).execute(held, { id: person!.publicId })).data;
    expect((await ask()).user.offices).toEqual([]);
    const listed = `{ offices(countryCode: "AT", status: UPCOMING, first: 9) { nodes { id } } }`;
    expect((await users.anonymous.execute(listed)).data.offices.nodes).toEqual([{ id: office.id }]);
    users.clock.advance(10 * dayMs);
    expect((await ask()).user.offices).toEqual([{ id: office.id, status: 'ACTIVE' }]);
  });

  it('makes older tokens stale at its first moment, by a job that waits for it', async () => {
    const { ambassador, countryCode } = await actions.country('BE');
    const [person] = await people(1);
    const startsAt = actions.inDays(2);
    const { office } = await actions.appoint(ambassador, 'appointConsul', person!, {
      ...{ countryCode, city: 'Gent', startsAt },
    });
    const officeId = officeIds.decode(office.id);
    const [job] = await users.db.$queryRaw<{ run_at: Date }[]>`
      SELECT run_at FROM graphile_worker.jobs WHERE task_identifier = ${beginOffice.name} ORDER BY id DESC LIMIT 1`;
    expect(job!.run_at.toISOString()).toBe(startsAt);
    await expect(users.run(beginOffice, { officeId })).rejects.toThrow('has not begun');
    users.clock.advance(2 * dayMs);
    await users.run(beginOffice, { officeId });
    expect(await actions.epochOf(person!)).toBe(1);
  });

  it('may follow another in the same seat, whose holder is never touched', async () => {
    const { root, officeId, countryCode } = await actions.country('CZ');
    const [next] = await people(1);
    const endsAt = actions.inDays(30);
    await users.db.office.update({ where: { id: officeIds.decode(officeId) }, data: { endsAt } });
    const early = { countryCode, startsAt: actions.inDays(29) };
    expect((await actions.appoint(root, 'appointAmbassador', next!, early)).refusal).toBe('CONFLICT');
    const { office } = await actions.appoint(root, 'appointAmbassador', next!, {
      countryCode,
      startsAt: endsAt,
    });
    expect(office.status).toBe('UPCOMING');
    users.clock.advance(30 * dayMs);
    const { data } = await users.anonymous.execute(
      `{ offices(countryCode: "CZ", first: 9) { nodes { holder { id } } } }`,
    );
    expect(data.offices.nodes).toEqual([{ holder: { id: next!.publicId } }]);
  });

  it.each([
    ['starts in the past', { startsAt: -1 }, 'startsAt'],
    ['starts in two years', { startsAt: 800 }, 'startsAt'],
    ['ends in the past', { endsAt: -1 }, 'endsAt'],
    ['ends before it starts', { startsAt: 5, endsAt: 4 }, 'endsAt'],
    ['ends when it starts', { startsAt: 5, endsAt: 5 }, 'endsAt'],
  ])('that %s is refused', async (_name, days, field) => {
    const root = await users.given.person({ isSuperUser: true });
    const [person] = await people(1);
    const dates = Object.fromEntries(
      Object.entries(days).map(([name, value]) => [name, actions.inDays(value)]),
    );
    const input = { countryCode: 'IS', ...dates };
    const { refusal, path } = await actions.appoint(root, 'appointAmbassador', person!, input);
    expect([refusal, path]).toEqual(['INVALID_INPUT', [field]]);
  });
});

describe('at most N holders of a place', () => {
  const race = async (client: ReturnType<typeof officeActions>, countryCode: string, city: string) => {
    const { ambassador } = await client.country(countryCode);
    const candidates = await people(10);
    const answers = await Promise.all(
      candidates.map((person) =>
        client.appoint(ambassador, 'appointConsul', person, { countryCode, city }).catch(() => null),
      ),
    );
    const held = await users.db.office.findMany({ where: { countryCode, role: 'CONSUL', endedAt: null } });
    return { appointed: answers.filter((answer) => answer?.office).length, held };
  };

  it('sit in three seats when ten are appointed at once', async () => {
    const { appointed, held } = await race(actions, 'DK', 'Aarhus');
    expect(appointed).toBe(3);
    expect(held.map(({ seat }) => seat).sort()).toEqual([1, 2, 3]);
  });

  it('would be ten without the constraint that appointments race on', async () => {
    const owner = createPool({ url: users.ownerUrl, max: 1 });
    const guard = `CONSTRAINT offices_one_holder_a_seat`;
    const { rows } = await owner.query<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'offices_one_holder_a_seat'`,
    );
    await owner.query(`ALTER TABLE offices DROP ${guard}`);
    const { held } = await race(actions, 'EE', 'Tartu');
    expect(held).toHaveLength(10);
    await owner.query(`DELETE FROM offices WHERE country_code = 'EE'`);
    await owner.query(`ALTER TABLE offices ADD ${guard} ${rows[0]!.definition}`);
    await owner.end();
  });

  it('are different people: nobody holds two seats of one place', async () => {
    const { ambassador, countryCode } = await actions.country('FI');
    const [person] = await people(1);
    const place = { countryCode, city: 'Turku' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => actions.appoint(ambassador, 'appointConsul', person!, place)),
    );
    expect(answers.filter(({ office }) => office)).toHaveLength(1);
    expect(answers.filter(({ refusal }) => refusal === 'CONFLICT')).toHaveLength(2);
  });
});

describe('an extension', () => {
  const scene = async (countryCode: string, days = 30) => {
    const country = await actions.country(countryCode);
    const [consul] = await people(1);
    const place = { countryCode, city: 'City', endsAt: actions.inDays(days) };
    const { office } = await actions.appoint(country.ambassador, 'appointConsul', consul!, place);
    return { ...country, consul: consul!, office };
  };

  it('moves the end and its job, is told and recorded, and leaves tokens good', async () => {
    const { ambassador, consul, office } = await scene('GR');
    const before = await actions.epochOf(consul);
    const endsAt = actions.inDays(60);
    const extended = await actions.run(ambassador.viewer, 'extendOffice', { officeId: office.id, endsAt });
    expect(extended.office).toMatchObject({ endsAt, status: 'ACTIVE' });
    expect(await actions.epochOf(consul)).toBe(before);
    expect(await typesTold(consul.publicId)).toEqual(['office.appointed', 'office.extended']);
    const lines = await auditLines(users.db, office.id);
    expect(lines.at(-1)).toMatchObject({ action: 'office.extended', after: { endsAt } });
    users.clock.advance(30 * dayMs);
    const officeId = officeIds.decode(office.id);
    await users.run(endLapsedOffice, { officeId, endsAt: office.endsAt });
    expect((await actions.rowOf(office.id)).endedAt).toBeNull();
    users.clock.advance(30 * dayMs);
    await users.run(endLapsedOffice, { officeId, endsAt });
    expect(await actions.rowOf(office.id)).toMatchObject({
      endedAt: new Date(endsAt),
      endCause: 'TERM_OVER',
    });
  });

  it('is never of one’s own office, of a peer’s or by somebody below', async () => {
    const { root, ambassador, officeId, consul, office } = await scene('HR');
    const other = await scene('HU');
    const extend = (viewer: typeof root.viewer, id: string) =>
      actions.run(viewer, 'extendOffice', { officeId: id, endsAt: null });
    const roles = ['SUPER_USER', 'AMBASSADOR', 'REGULAR'];
    expect((await extend({ ...ambassador.viewer, roles }, officeId)).refusal).toBe('FORBIDDEN');
    expect((await extend({ ...other.ambassador.viewer, roles }, officeId)).refusal).toBe('FORBIDDEN');
    expect((await extend({ ...other.ambassador.viewer, roles }, office.id)).refusal).toBe('FORBIDDEN');
    expect((await extend({ ...consul.viewer, roles }, office.id)).refusal).toBe('FORBIDDEN');
    expect((await extend(consul.viewer, office.id)).refusal).toBe('FORBIDDEN');
    expect((await actions.rowOf(office.id)).endsAt?.toISOString()).toBe(office.endsAt);
    const own = await actions.appoint(ambassador, 'appointConsul', root, {
      ...{ countryCode: 'HR', city: 'Split', endsAt: actions.inDays(9) },
    });
    expect((await extend(root.viewer, own.office.id)).refusal).toBe('FORBIDDEN');
  });

  it('does not reach into the term of a successor', async () => {
    const { root, officeId, countryCode } = await actions.country('IE');
    const [next] = await people(1);
    const endsAt = actions.inDays(30);
    await users.db.office.update({ where: { id: officeIds.decode(officeId) }, data: { endsAt } });
    await actions.appoint(root, 'appointAmbassador', next!, { countryCode, startsAt: endsAt });
    const input = { officeId, endsAt: actions.inDays(31) };
    expect((await actions.run(root.viewer, 'extendOffice', input)).refusal).toBe('CONFLICT');
    expect((await actions.rowOf(officeId)).endsAt?.toISOString()).toBe(endsAt);
  });

  it.each([
    ['an earlier end', { endsAt: 5 }, 'INVALID_INPUT'],
    ['the same end again', { endsAt: 30 }, undefined],
  ])('to %s', async (_name, { endsAt }, refusal) => {
    const { ambassador, office } = await scene(refusal ? 'LT' : 'LU');
    const input = { officeId: office.id, endsAt: actions.inDays(endsAt) };
    expect((await actions.run(ambassador.viewer, 'extendOffice', input)).refusal).toBe(refusal);
    expect(await typesTold(office.holder.id)).toEqual(['office.appointed']);
  });

  it('of an open or an ended term is refused', async () => {
    const { root, ambassador, officeId, office } = await scene('LV');
    const open = { officeId, endsAt: actions.inDays(90) };
    expect((await actions.run(root.viewer, 'extendOffice', open)).refusal).toBe('CONFLICT');
    users.clock.advance(30 * dayMs);
    const ended = { officeId: office.id, endsAt: actions.inDays(90) };
    expect((await actions.run(ambassador.viewer, 'extendOffice', ended)).refusal).toBe('CONFLICT');
  });
});
