import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { givenUsers, withRole } from '../testing/given.js';
import { officeActions, type Person } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers();
  actions = officeActions(users);
});
afterAll(() => users.stop());

const apply = (person: Person, countryCode: string, input: object = {}) =>
  actions.run(person.viewer, 'applyForOffice', {
    ...{ role: 'CONSUL', countryCode, city: 'Porto', motivation: 'I know everybody here.' },
    ...input,
  });

async function scene(countryCode: string) {
  const country = await actions.country(countryCode);
  const person = await users.given.person();
  const { application } = await apply(person, countryCode);
  return { ...country, person, applicationId: application.id as string };
}

describe('applications of one person', () => {
  it('are ten a day at most, those that were taken back too', async () => {
    const { ambassador, person, applicationId } = await scene('IS');
    const takeBack = (id: string) => actions.run(person.viewer, 'withdrawApplication', { applicationId: id });
    await takeBack(applicationId);
    users.clock.advance(3_600_000);
    for (let count = 1; count < 10; count++) await takeBack((await apply(person, 'IS')).application.id);
    const told = (await users.messages(person.publicId)).length;
    expect((await apply(person, 'IS')).refusal).toBe('RATE_LIMITED');
    expect(await users.messages(person.publicId)).toHaveLength(told);
    expect((await apply(ambassador, 'IE')).refusal).toBeUndefined();
    users.clock.advance(23 * 3_600_000);
    expect((await apply(person, 'IS')).refusal).toBeUndefined();
    expect((await apply(person, 'IS', { city: 'Faro' })).refusal).toBe('RATE_LIMITED');
  });
});

describe('an application', () => {
  it('waits for whoever appoints, who hear of it; made again it is the same', async () => {
    const { ambassador, person, applicationId } = await scene('AT');
    const again = await apply(person, 'AT', { city: ' PORTO ' });
    expect(again.application).toMatchObject({ id: applicationId, status: 'PENDING', city: 'Porto' });
    const told = await users.messages(person.publicId);
    expect(told).toEqual([
      {
        type: 'office.applied',
        data: {
          ...{ applicationId, userId: person.publicId, role: 'CONSUL', countryCode: 'AT', city: 'Porto' },
          deciderIds: [ambassador.publicId],
        },
      },
    ]);
  });

  it('that is approved is an appointment, told, recorded and in force at once; approved again it is the same', async () => {
    const { ambassador, person, applicationId } = await scene('BE');
    const input = { applicationId, endsAt: actions.inDays(365), message: 'Welcome!' };
    const { application } = await actions.run(ambassador.viewer, 'approveApplication', input);
    expect(application).toMatchObject({
      ...{ status: 'APPROVED', answer: 'Welcome!', office: { status: 'ACTIVE' } },
      ...{ applicant: { id: person.publicId }, decider: { id: ambassador.publicId } },
    });
    const again = await actions.run(ambassador.viewer, 'approveApplication', input);
    expect(again.application).toEqual(application);
    expect(await actions.rowOf(application.office.id)).toMatchObject({ appointerId: ambassador.id });
    expect(await actions.epochOf(person)).toBe(1);
    const told = await users.messages(person.publicId);
    expect(told.map(({ type }) => type)).toEqual([
      ...['office.applied', 'office.appointed', 'office.applicationDecided'],
    ]);
    expect(told.at(-1)!.data).toMatchObject({ isApproved: true, officeId: application.office.id });
    expect(JSON.stringify(told)).not.toMatch(/Welcome|everybody/);
    const lines = await auditLines(users.db, applicationId);
    expect(lines.map(({ action }) => action)).toEqual([
      ...['officeApplication.made', 'officeApplication.approved'],
    ]);
  });

  it('that is declined comes back with a message, and appoints nobody', async () => {
    const { ambassador, person, applicationId } = await scene('CZ');
    const input = { applicationId, message: 'Not this year.' };
    const { application } = await actions.run(ambassador.viewer, 'declineApplication', input);
    expect(application).toMatchObject({ status: 'DECLINED', answer: 'Not this year.', office: null });
    expect(await users.db.office.count({ where: { holderId: person.id } })).toBe(0);
    const own = `{ viewerOfficeApplications(first: 5) { nodes { id status answer } } }`;
    const { data } = await users.as(person.viewer).execute(own);
    expect(data.viewerOfficeApplications.nodes).toEqual([
      { id: applicationId, status: 'DECLINED', answer: 'Not this year.' },
    ]);
    const late = await actions.run(ambassador.viewer, 'approveApplication', { applicationId });
    expect([late.refusal, late.application.status]).toEqual(['CONFLICT', 'DECLINED']);
    expect((await apply(person, 'CZ')).application.id).not.toBe(applicationId);
  });

  it('is nobody’s own to decide, nor for peers, strangers and ambassadors of other countries', async () => {
    const { ambassador, person, applicationId } = await scene('DK');
    const elsewhere = await actions.country('EE');
    const own = await apply(ambassador, 'DK', { city: 'Odense' });
    const ambassadors = await apply(person, 'DK', { role: 'AMBASSADOR', city: null });
    const roles = ['SUPER_USER', 'AMBASSADOR', 'REGULAR'];
    for (const command of ['approveApplication', 'declineApplication'] as const) {
      const decide = async (by: Person, id: string) =>
        (await actions.run({ ...by.viewer, roles }, command, { applicationId: id, message: 'Yes.' })).refusal;
      expect(await decide(person, applicationId)).toBe('FORBIDDEN');
      expect(await decide(elsewhere.ambassador, applicationId)).toBe('FORBIDDEN');
      expect(await decide(ambassador, own.application.id)).toBe('FORBIDDEN');
      expect(await decide(ambassador, ambassadors.application.id)).toBe('FORBIDDEN');
      const unclaimed = await actions.run(person.viewer, command, { applicationId, message: 'Yes.' });
      expect(unclaimed.refusal).toBe('FORBIDDEN');
    }
    expect(
      await users.db.officeApplication.count({ where: { status: { not: 'PENDING' }, countryCode: 'DK' } }),
    ).toBe(0);
  });

  it('is one decision, whoever decides at once', async () => {
    for (const countryCode of ['FI', 'GR', 'HR']) {
      const { root, ambassador, person, applicationId } = await scene(countryCode);
      const decided = await Promise.all([
        actions.run(ambassador.viewer, 'approveApplication', { applicationId }),
        actions.run(root.viewer, 'declineApplication', { applicationId, message: 'No.' }),
        actions.run(person.viewer, 'withdrawApplication', { applicationId }),
      ]);
      expect(decided.filter(({ refusal }) => refusal === undefined)).toHaveLength(1);
      const row = await users.db.officeApplication.findFirstOrThrow({ where: { applicantId: person.id } });
      const held = await users.db.office.count({ where: { holderId: person.id } });
      expect(held).toBe(row.status === 'APPROVED' ? 1 : 0);
    }
  });

  it('that finds the place taken stays open', async () => {
    const { ambassador, countryCode, applicationId } = await scene('HU');
    const other = await users.given.person();
    await actions.appoint(ambassador, 'appointConsul', other, { countryCode, city: 'Porto' });
    const { refusal } = await actions.run(ambassador.viewer, 'approveApplication', { applicationId });
    expect(refusal).toBe('CONFLICT');
    const listed = `{ officeApplications(status: PENDING, first: 5) { nodes { id motivation } } }`;
    const { data } = await users.as(ambassador.viewer).execute(listed);
    expect(data.officeApplications.nodes).toEqual([
      { id: applicationId, motivation: 'I know everybody here.' },
    ]);
  });

  it('is taken back by whoever made it only', async () => {
    const { person, ambassador, applicationId } = await scene('IE');
    const withdraw = (by: Person) => actions.run(by.viewer, 'withdrawApplication', { applicationId });
    expect((await withdraw(ambassador)).refusal).toBe('NOT_FOUND');
    expect((await withdraw(person)).application.status).toBe('WITHDRAWN');
    expect((await withdraw(person)).refusal).toBeUndefined();
  });

  it.each([
    ['a consul without a city', { city: null }, 'city'],
    ['an ambassador with a city', { role: 'AMBASSADOR' }, 'city'],
    ['no words', { motivation: ' ' }, 'motivation'],
    ['too many words', { motivation: 'x'.repeat(4_001) }, 'motivation'],
  ])('of %s is refused', async (_name, input, field) => {
    const person = await users.given.person();
    const { refusal, path } = await apply(person, 'IS', input);
    expect([refusal, path]).toEqual(['INVALID_INPUT', [field]]);
  });

  it('is one of five at most, also when all are made at once', async () => {
    const person = await users.given.person();
    const cities = Array.from({ length: 9 }, (_, index) => `City ${index}`);
    const made = await Promise.all(cities.map((city) => apply(person, 'IT', { city })));
    expect(made.filter(({ application }) => application)).toHaveLength(5);
    expect(made.filter(({ refusal }) => refusal === 'CONFLICT')).toHaveLength(4);
  });

  it('is seen by whoever applied and those who decide', async () => {
    const { root, ambassador, applicationId } = await scene('LT');
    const elsewhere = await actions.country('LU');
    const query = `{ officeApplications(first: 100) { nodes { id } } }`;
    const seenBy = async (viewer: typeof root.viewer) => {
      const { data, codes } = await users.as(viewer).execute(query);
      return codes[0] ?? data.officeApplications.nodes.map(({ id }: { id: string }) => id);
    };
    expect(await seenBy(ambassador.viewer)).toEqual([applicationId]);
    expect(await seenBy(root.viewer)).toContain(applicationId);
    expect(await seenBy(elsewhere.ambassador.viewer)).toEqual([]);
    const pretender = await users.given.person();
    expect(await seenBy(withRole(pretender.viewer, 'AMBASSADOR', { countryCode: 'LT' }))).toEqual([]);
    expect(await seenBy(pretender.viewer)).toBe('FORBIDDEN');
    expect((await users.anonymous.execute(query)).codes).toEqual(['UNAUTHENTICATED']);
    const own = '{ viewerOfficeApplications(first: 1) { nodes { id } } }';
    expect((await users.anonymous.execute(own)).codes).toEqual(['UNAUTHENTICATED']);
  });
});
