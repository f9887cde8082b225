import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { userIds } from './ids.js';
import { givenUsers } from './testing/given.js';
import { officeActions } from './testing/offices.js';
import { signingIn } from './testing/signing-in.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let door: ReturnType<typeof signingIn>;
beforeAll(async () => {
  users = await givenUsers();
  door = signingIn(users);
});
afterAll(() => users.stop());

const subscriptionId = 'sub_01890000000070008000000000';
const activated = (userId: string, entitlements = ['PREMIUM'], message: { id?: string } = {}) => {
  const period = { planCode: 'premium-monthly', currentPeriodEndsAt: users.clock.now().toISOString() };
  const data = { subscriptionId, userId, entitlements, ...period };
  return users.receive('payments', 'subscription.activated', data, message);
};
const ended = (userId: string, message: { id?: string } = {}) => {
  const data = { subscriptionId, userId, endedAt: users.clock.now().toISOString() };
  return users.receive('payments', 'subscription.ended', data, message);
};

const changed = (userId: string, entitlements: string[]) => {
  const data = { subscriptionId, userId, planCode: 'premium-monthly', status: 'PAUSED', entitlements };
  const rest = { currentPeriodEndsAt: null, cancelsAtPeriodEnd: false, nextPlanCode: null };
  return users.receive('payments', 'subscription.changed', { ...data, ...rest });
};

const accountOf = ({ id }: { id: string }) => users.db.account.findUniqueOrThrow({ where: { id } });
const entitlementsOf = async (person: { id: string }) => (await accountOf(person)).entitlements;

/** What a new token of the person says they are and may use. */
async function claimsOf({ email }: { email: string }) {
  const { tokens } = await door.signIn(email);
  const { role, offices, entitlements, epoch } = decodeJwt(tokens.accessToken as string);
  return { role, offices, entitlements, epoch };
}

describe('entitlements', () => {
  it('come with a subscription into the tokens of the person, at the next exchange, and into nobody else’s', async () => {
    const { person, refreshToken } = await door.signedIn();
    const other = await users.given.person();
    await activated(person.publicId);
    const { tokens } = await door.exchange(refreshToken);
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ entitlements: ['PREMIUM'] });
    expect(await claimsOf(other)).toMatchObject({ entitlements: [] });
    await ended(person.publicId);
    const { tokens: later } = await door.exchange(tokens.refreshToken);
    expect(decodeJwt(later.accessToken)).toMatchObject({ entitlements: [] });
  });

  it('are those of the plan that was told last, not of all there were', async () => {
    const person = await users.given.person();
    await activated(person.publicId, ['PREMIUM', 'BUSINESS']);
    await activated(person.publicId, ['PREMIUM']);
    expect(await entitlementsOf(person)).toEqual(['PREMIUM']);
  });

  it('go while a subscription is paused and come back with it', async () => {
    const person = await users.given.person();
    await activated(person.publicId, ['PREMIUM']);
    await changed(person.publicId, []);
    expect(await entitlementsOf(person)).toEqual([]);
    await changed(person.publicId, ['PREMIUM']);
    expect(await entitlementsOf(person)).toEqual(['PREMIUM']);
  });

  it('are the same however often they are told: renewed, or delivered again', async () => {
    const person = await users.given.person();
    const message = { id: userIds.create() };
    for (let time = 0; time < 3; time++) await activated(person.publicId, ['PREMIUM'], message);
    await activated(person.publicId);
    expect(await entitlementsOf(person)).toEqual(['PREMIUM']);
    const end = { id: userIds.create() };
    for (let time = 0; time < 3; time++) await ended(person.publicId, end);
    expect(await entitlementsOf(person)).toEqual([]);
  });

  it('are not owed for an end that comes before there was anything, and come again with the next plan', async () => {
    const person = await users.given.person();
    await ended(person.publicId);
    expect(await entitlementsOf(person)).toEqual([]);
    await activated(person.publicId);
    await ended(person.publicId);
    await activated(person.publicId, ['BUSINESS']);
    expect(await entitlementsOf(person)).toEqual(['BUSINESS']);
  });

  it('of somebody who is not here are nobody’s, and hold up no message', async () => {
    const before = await users.db.account.count({ where: { entitlements: { isEmpty: false } } });
    const gone = userIds.encode(userIds.create());
    await activated(gone);
    await ended(gone);
    expect(await users.db.account.count({ where: { entitlements: { isEmpty: false } } })).toBe(before);
  });
});

describe('losing PREMIUM never touches authority', () => {
  it.each([
    ['an ambassador', 'BG', 'AMBASSADOR'],
    ['a consul', 'CY', 'CONSUL'],
    ['a super user', 'EE', 'SUPER_USER'],
  ] as const)('of %s', async (_name, countryCode, role) => {
    const { country, appoint, epochOf } = officeActions(users);
    const { root, ambassador } = await country(countryCode);
    const consul = await users.given.person();
    await appoint(ambassador, 'appointConsul', consul, { countryCode, city: 'Port' });
    const person = { AMBASSADOR: ambassador, CONSUL: consul, SUPER_USER: root }[role];
    await activated(person.publicId);
    const [account, claims] = [await accountOf(person), await claimsOf(person)];
    expect(claims).toMatchObject({ role: expect.arrayContaining([role]), entitlements: ['PREMIUM'] });
    const told = await users.messages(person.publicId);
    const audited = await users.audited(person.id);

    await ended(person.publicId);
    expect(await accountOf(person)).toEqual({ ...account, entitlements: [] });
    expect(await users.messages(person.publicId)).toEqual(told);
    expect(await users.audited(person.id)).toEqual(audited);
    expect(await users.db.office.count({ where: { countryCode, endedAt: null } })).toBe(2);
    expect(await claimsOf(person)).toEqual({ ...claims, entitlements: [] });
    // Tokens from before stay good: nobody is signed out of an office by a bill.
    const facts = { sessionId: 's', tokenId: 't', userId: person.id, epoch: await epochOf(person) };
    expect(await users.revocations.check(facts)).toBe('valid');
  });

  it('of an ambassador, who goes on appointing', async () => {
    const { country, appoint } = officeActions(users);
    const { ambassador, countryCode } = await country('GE');
    await activated(ambassador.publicId);
    await ended(ambassador.publicId);
    const next = await users.given.person();
    const place = { countryCode, city: 'Lake' };
    expect((await appoint(ambassador, 'appointConsul', next, place)).refusal).toBeUndefined();
  });
});
