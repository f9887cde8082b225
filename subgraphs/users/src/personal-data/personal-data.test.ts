import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf } from '@diaspora/kit/testing';
import {
  dataExportIds,
  erasureIds,
  factorResetIds,
  identityIds,
  officeIds,
  reviewIds,
  superUserChangeIds,
} from '../ids.js';
import { mailNewAddress } from '../jobs.js';
import { authenticator } from '../testing/authenticator.js';
import { givenUsers, password } from '../testing/given.js';
import { officeActions } from '../testing/offices.js';
import { peopleActions } from '../testing/people.js';
import { signingIn } from '../testing/signing-in.js';
import { personalDataDecisions } from './decisions.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

let users: Users;
let door: ReturnType<typeof signingIn>;
beforeAll(async () => {
  users = await givenUsers();
  door = signingIn(users);
});
afterAll(() => users.stop());

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(users.clock.now().getTime() + days * dayMs);

const mutation = (name: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code path } } }`;
};
/** A command that is to succeed. */
async function run(viewer: Person['viewer'], name: string, input: object, origin?: object) {
  const { data, codes } = await users.as(viewer, origin as never).execute(mutation(name), { input });
  expect({ name, codes, userErrors: data?.[name].userErrors }).toEqual({ name, codes: [], userErrors: [] });
}

const phone = '+40745123987';
const origin = { address: '203.0.113.77', userAgent: 'Ilinca’s Telephone/1.0' };
// South of the equator: `45.66` without its sign may be seconds of any time.
const words = ['ilinca', 'zamfir', phone.slice(1), origin.address, '1987-03-04', '-45.66', 'strada'];

/** How the person gets in: telephone, app, codes, a device, an identity of others, and another address since. */
async function withCredentials(person: Person) {
  const app = authenticator(users, door);
  const { viewer, secret } = await app.equipped(person);
  await run(viewer, 'addPhone', { password, phoneNumber: phone }, origin);
  await run(viewer, 'verifyPhone', { code: /\b\d{6}\b/.exec(users.texts.at(-1)!.text)![0] });
  const challenge = await app.challenge(person.email);
  const code = await app.nextCodeOf(secret);
  await app.completes(challenge, { code, trustDevice: true }, users.as(null, origin));
  await users.db.identity.create({
    data: {
      ...{ id: identityIds.create(), accountId: person.id, provider: 'acme', issuer: 'https://acme.example' },
      ...{ subject: `acme-of-zamfir`, email: 'ilinca@acme.example', linkedAt: users.clock.now() },
    },
  });
  const newEmail = 'ilinca.new@zamfir.example';
  await run(viewer, 'changeEmail', { password, newEmail }, origin);
  await users.run(mailNewAddress, { accountId: person.id, email: newEmail });
  await run(viewer, 'confirmEmailChange', { code: /\b\d{6}\b/.exec(users.mails.at(-1)!.text)![0] }, origin);
  // Half done: another number, another address and another sign-in.
  await run(viewer, 'addPhone', { password, phoneNumber: `${phone}1` }, origin);
  await run(viewer, 'changeEmail', { password, newEmail: 'ilinca@half.example' }, origin);
  await app.challenge(newEmail);
  return { viewer, newEmail };
}

/** What the person says of themselves, and has with others. */
async function withPeople(person: Person) {
  const { befriend, run: does } = peopleActions(users);
  const [friend, followed, blocked, blocker, asked] = await Promise.all(
    Array.from({ length: 5 }, () => users.given.person()),
  );
  await run(person.viewer, 'updateProfile', {
    ...{ expectedVersion: 1, headline: 'I am Ilinca', bio: 'Strada Lungă 5', city: 'Zamfirești' },
    ...{ birthday: '1987-03-04', location: { latitude: -45.6612, longitude: 25.6 } },
    ...{ links: ['https://zamfir.example'], sectors: ['Zamfir carpets'] },
  });
  await befriend(person, friend!);
  await does(person.viewer, 'followUser', followed!.publicId);
  await does(friend!.viewer, 'followUser', person.publicId);
  await does(person.viewer, 'blockUser', blocked!.publicId);
  await does(blocker!.viewer, 'blockUser', person.publicId);
  await does(person.viewer, 'requestFriendship', asked!.publicId, { note: 'It is me, Ilinca' });
  return { friend: friend!, followed: followed!, blocked: blocked!, blocker: blocker! };
}

/** Offices and organizations. */
async function withDuties(person: Person, address: string) {
  const { country, appoint, run: does } = officeActions(users);
  const { root, ambassador, countryCode } = await country('IS');
  const { office } = await appoint(ambassador, 'appointConsul', person, { countryCode, city: 'Port' });
  const officeId = officeIds.decode(office.id);
  const comment = 'Ilinca is often away';
  await users.db.consulReview.create({
    data: {
      ...{ id: reviewIds.create(), officeId, reviewerId: ambassador.id, assessment: 'AS_EXPECTED', comment },
      createdAt: users.clock.now(),
    },
  });
  const motivation = 'Everybody on Strada Lungă knows me';
  await does(person.viewer, 'applyForOffice', {
    role: 'CONSUL',
    countryCode: 'IS',
    city: 'Lake',
    motivation,
  });
  const organization = await users.given.organization(ambassador, 'Casa');
  const member = await users.given.member(organization, person);
  await users.given.grant(member, organization.id, 'customers.read');
  const other = await users.given.organization(ambassador, 'Dom');
  const invited = { ...{ organizationId: other.publicId, idempotencyKey: 'invites' }, email: address };
  await run(ambassador.viewer, 'inviteToOrganization', invited);
  return { root, ambassador, office, organization, other };
}

/** What the platform did about the person. */
async function withSanctions(person: Person, root: Person) {
  const { viewer } = await door.signedIn(root);
  await run(viewer, 'startImpersonation', { userId: person.publicId, reason: 'Ilinca asked for it' });
  await run(viewer, 'suspendUser', { userId: person.publicId, reason: 'Spam of Zamfir' });
  await run(viewer, 'liftSuspension', { userId: person.publicId });
  const now = users.clock.now();
  const proposal = { accountId: person.id, proposerId: root.id, reason: 'Ilinca is able' };
  const spans = { createdAt: now, expiresAt: inDays(7), decidedAt: now };
  await users.db.superUserChange.create({
    data: { id: superUserChangeIds.create(), kind: 'GRANT', status: 'WITHDRAWN', ...proposal, ...spans },
  });
  const reset = { openedBy: root.id, needsTwo: false, reason: 'It was the voice of Ilinca' };
  await users.db.factorReset.create({
    data: {
      ...{ id: factorResetIds.create(), accountId: person.id, ...reset, status: 'REFUSED' },
      ...{ openedAt: now, dueAt: inDays(3), endedAt: now },
    },
  });
  const asked = { personId: person.id, createdAt: now, cancelledAt: now };
  await users.db.dataExport.create({
    data: { id: dataExportIds.create(), expiresAt: inDays(7), ...asked },
  });
  await users.db.erasure.create({
    data: { id: erasureIds.create(), endsAt: inDays(30), dueAt: inDays(30), ...asked },
  });
}

/** Somebody with a row of everything. */
async function somebody() {
  const person = await users.given.person({ displayName: 'Ilinca Zamfir', email: 'ilinca@zamfir.example' });
  const registration = { registeredOn: users.clock.now(), countryCode: 'DE' };
  await users.db.membership.create({ data: { accountId: person.id, ...registration } });
  const credentials = await withCredentials(person);
  const people = await withPeople(person);
  const duties = await withDuties(person, credentials.newEmail);
  await withSanctions(person, duties.root);
  await users.keepAudit();
  return { person, ...credentials, ...people, ...duties };
}

describe('the personal data of users', () => {
  let given: Awaited<ReturnType<typeof somebody>>;
  beforeAll(async () => {
    given = await somebody();
  });
  const { tables } = personalDataDecisions;

  it('is exported with a record of each table that tells of the person, and nothing of others', async () => {
    const { person, friend, followed, blocked, blocker, ambassador, office, organization, other } = given;
    const { records } = await personalDataOf(users.subgraph.jobs!, users.privateStore).exported(person.id);
    const promised = Object.values(tables).flatMap((decision) =>
      decision && 'exported' in decision && typeof decision.exported === 'string' ? [decision.exported] : [],
    );
    const empty = [...new Set(promised)].filter((name) => !records[name]?.length);
    expect(empty).toEqual([]);
    expect(records).toMatchObject({
      account: [{ id: person.publicId, email: given.newEmail, phoneNumber: phone, hasPassword: true }],
      profile: [
        { displayName: 'Ilinca Zamfir', bio: 'Strada Lungă 5', latitude: -45.66, city: 'Zamfirești' },
      ],
      trustedDevices: [origin],
      identities: [{ provider: 'acme', subject: 'acme-of-zamfir', email: 'ilinca@acme.example' }],
      emailChanges: [{ oldEmail: person.email, userAgent: origin.userAgent }],
      suspensions: [{ reason: 'Spam of Zamfir', isFinal: false, endedAt: expect.any(String) }],
      factorResets: [{ reason: 'It was the voice of Ilinca', status: 'REFUSED' }],
      impersonations: [{ reason: 'Ilinca asked for it' }],
      offices: [{ id: office.id, appointerId: ambassador.publicId, city: 'Port' }],
      consulReviews: [{ officeId: office.id, comment: 'Ilinca is often away' }],
      officeApplications: [{ city: 'Lake', motivation: 'Everybody on Strada Lungă knows me' }],
      superUserChanges: [{ reason: 'Ilinca is able', status: 'WITHDRAWN' }],
      organizations: [
        { organizationId: organization.publicId, name: 'Casa', grants: [{ action: 'customers.read' }] },
      ],
      organizationInvitations: [{ organizationId: other.publicId, name: 'Dom', status: 'PENDING' }],
    });
    expect(records['sessions']).toContainEqual(expect.objectContaining(origin));
    const of = ({ publicId }: Person) => records['connections']!.filter(({ userId }) => userId === publicId);
    expect(of(friend)).toMatchObject([
      { friendsSince: expect.any(String) },
      { followsSince: expect.any(String) },
    ]);
    expect(of(followed)).toMatchObject([{ followingSince: expect.any(String) }]);
    expect(of(blocked)).toMatchObject([{ blockedSince: expect.any(String) }]);
    for (const connection of of(blocker)) expect(connection.blockedSince).toBeNull();
    const actions = records['auditTrail']!.map(({ action }) => action as string);
    expect(actions).toEqual(expect.arrayContaining(['session.opened', 'email.changed', 'user.suspended']));
  });

  it('is exported without what proves who somebody is', async () => {
    const { person } = given;
    const where = { accountId: person.id };
    const secrets = [
      (await users.db.account.findUniqueOrThrow({ where: { id: person.id } })).passwordHash!,
      (await users.db.totpFactor.findUniqueOrThrow({ where })).sealedSecret,
      ...(await users.db.session.findMany({ where })).map(({ currentHash }) => currentHash),
      ...(await users.db.trustedDevice.findMany({ where })).map(({ tokenHash }) => tokenHash),
      ...(await users.db.recoveryCode.findMany({ where })).map(({ codeHash }) => codeHash),
      ...(await users.db.oneTimeCode.findMany({ where })).map(({ codeHash }) => codeHash),
      ...(await users.db.signInChallenge.findMany({ where })).map(({ tokenHash }) => tokenHash),
    ];
    expect(secrets.length).toBeGreaterThan(10);
    const { records } = await personalDataOf(users.subgraph.jobs!, users.privateStore).exported(person.id);
    const text = JSON.stringify(records);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('is erased until no table has a word of the person, and those they had to do with keep what is theirs', async () => {
    const { person, friend, followed, blocked, organization } = given;
    const before = await tracesOf(users.database.adminUrl, words);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['public.accounts', 'kit.outbox']));
    const { erase } = personalDataOf(users.subgraph.jobs!, users.privateStore);
    await erase(person.id);
    await users.keepAudit();
    await users.db.$executeRaw`UPDATE kit.outbox SET sequence = position WHERE sequence IS NULL`;
    await erase(person.id, { isLate: true });
    expect(await tracesOf(users.database.adminUrl, words)).toEqual({});

    const where = { accountId: person.id };
    const secrets = [
      await users.db.totpFactor.count({ where }),
      await users.db.recoveryCode.count({ where }),
      await users.db.trustedDevice.count({ where }),
      await users.db.oneTimeCode.count({ where }),
      await users.db.signInChallenge.count({ where }),
      await users.db.session.count({ where }),
      await users.db.identity.count({ where }),
    ];
    expect(secrets).toEqual(secrets.map(() => 0));
    const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
    expect(account).toMatchObject({ erasedAt: users.clock.now(), passwordHash: null, phoneNumber: null });
    expect(await users.db.office.count({ where: { holderId: person.id, endedAt: null } })).toBe(0);
    const ids = [friend, followed, blocked].map(({ id }) => id);
    const counts = await users.db.connectionCount.findMany({ where: { accountId: { in: ids } } });
    for (const count of counts) expect(count).toMatchObject({ friends: 0, followers: 0, following: 0 });
    const members = await users.db.organizationMember.findMany({
      where: { organizationId: organization.id },
    });
    expect(members).toMatchObject([{ isOwner: true }]);
    expect(await users.db.account.count({ where: { id: { in: ids }, erasedAt: null } })).toBe(3);
  });
});
