import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@diaspora/kit';
import {
  applyForConsul,
  appointAmbassador,
  approveApplication,
  befriend,
  eventually,
  idOf,
  publishEvent,
  updateProfile,
  uploadPhoto,
} from '../actions.js';
import { signUp, type Client } from '../client.js';
import { demoSuperUserEmail } from '../environments.js';
import type { Running } from './community.js';
import { startInOneProcess } from './running.js';

const people = ['root', 'ambassador', 'consul', 'friend', 'stranger'] as const;
type Who = (typeof people)[number];

let running: Running;
const clients = {} as Record<Who, Client>;
const ids = {} as Record<Who, string>;

beforeAll(async () => {
  running = await startInOneProcess();
  await Promise.all(
    people.map(async (who) => {
      clients[who] = await signUp(running.url, running.mailbox, {
        email: who === 'root' ? demoSuperUserEmail : `${who}@offices.example`,
        password: `a good password of ${who}`,
        displayName: `Oriana the ${who}`,
        countryOfOrigin: 'RO',
        countryOfResidence: 'DE',
        city: 'Berlin',
        languages: ['ro', 'en'],
      });
      ids[who] = await idOf(clients[who]);
    }),
  );
});
afterAll(() => running.stop());

const codeOf = async (who: Who, query: string, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await clients[who].send(query, variables);
  const [payload] = Object.values((data ?? {}) as Record<string, { userErrors?: { code: string }[] } | null>);
  return errors?.[0]?.extensions.code ?? payload?.userErrors?.[0]?.code;
};
const staleness = async (who: Who) =>
  (await clients[who].send('{ me { id } }')).errors?.[0]?.extensions.reason;

describe('an office', () => {
  let officeId: string;

  it('is asked for, given by the one above, and in force at the next request', async () => {
    const country = { userId: ids.ambassador, countryCode: 'DE', idempotencyKey: 'ambassador' };
    await appointAmbassador(clients.root, country);
    await clients.ambassador.refresh();
    const applicationId = await applyForConsul(clients.consul, {
      ...{ countryCode: 'DE', city: 'Berlin', motivation: 'I know the city.' },
    });
    const waiting =
      '{ officeApplications(status: PENDING, first: 5) { nodes { id motivation applicant { displayName } } } }';
    expect((await clients.ambassador.must(waiting)).officeApplications.nodes).toEqual([
      { id: applicationId, motivation: 'I know the city.', applicant: { displayName: 'Oriana the consul' } },
    ]);
    officeId = await approveApplication(clients.ambassador, { applicationId, message: 'Welcome!' });
    expect(await staleness('consul')).toBe('SESSION_STALE');
    await clients.consul.refresh();
    await publishEvent(clients.consul, {
      ...{ idempotencyKey: 'e1', title: 'Open evening', description: 'For all.' },
      ...{ countryCode: 'DE', city: 'Berlin' },
    });
  });

  it('of an ambassador ends at the next request, and leaves the consuls to the super users', async () => {
    const offices = '{ offices(countryCode: "DE", first: 5) { nodes { id role status } } }';
    const [ambassador] = (await clients.root.must(offices)).offices.nodes as { id: string }[];
    const end = 'mutation ($input: EndOfficeInput!) { endOffice(input: $input) { userErrors { code } } }';
    await clients.root.must(end, { input: { officeId: ambassador!.id, reason: 'The time was over.' } });
    expect(await staleness('ambassador')).toBe('SESSION_STALE');
    await clients.ambassador.refresh();
    expect(await codeOf('ambassador', end, { input: { officeId } })).toBe('FORBIDDEN');
    // The consul goes on meanwhile, with the same token.
    expect(await staleness('consul')).toBeUndefined();
    expect((await clients.root.must(offices)).offices.nodes).toEqual([
      { id: officeId, role: 'CONSUL', status: 'NEEDS_CONFIRMATION' },
    ]);
    const toConfirm = '{ officesToConfirm(first: 5) { nodes { id holder { displayName } } } }';
    expect((await clients.root.must(toConfirm)).officesToConfirm.nodes).toEqual([
      { id: officeId, holder: { displayName: 'Oriana the consul' } },
    ]);
    const confirm = `mutation ($input: ConfirmOfficeInput!) { confirmOffice(input: $input) { office { status } userErrors { code } } }`;
    expect((await clients.root.must(confirm, { input: { officeId } })).confirmOffice.office.status).toBe(
      'ACTIVE',
    );
  });

  it('is measured for its holder and those above', async () => {
    const query = `query ($period: ConsulPeriodInput!) { consulPerformance(scope: { countryCode: "DE" }, period: $period, first: 5) {
      nodes { office { id } eventsHeld isMandateMet } } }`;
    const period = { from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 86_400_000) };
    const { consulPerformance } = await clients.consul.must(query, { period });
    expect(consulPerformance.nodes).toEqual([
      { office: { id: officeId }, eventsHeld: 0, isMandateMet: true },
    ]);
    expect(await codeOf('stranger', query, { period })).toBe('FORBIDDEN');
  });
});

describe('what people are to each other', () => {
  const open = `mutation ($input: OpenDirectConversationInput!) {
    openDirectConversation(input: $input) { conversation { id } userErrors { code } } }`;
  const opened = (who: Who) => codeOf(who, open, { input: { userId: ids.consul } });
  /** By a look into its database: a conversation that was opened too early would stay. */
  async function messagingKnows() {
    const pool = createPool({ url: running.databaseUrls.messaging, max: 1 });
    const { rowCount } = await pool.query(
      `SELECT FROM contact_rules, friendships WHERE contactable_by = 'CONNECTIONS' AND is_active`,
    );
    await pool.end();
    return rowCount || undefined;
  }
  const found = async (who: Who) => {
    const query =
      '{ search(query: "Oriana consul", types: [PERSON], first: 10) { nodes { ... on User { id } } } }';
    const { search } = await clients[who].must(query);
    return (search.nodes as { id: string }[]).some(({ id }) => id === ids.consul);
  };

  it('is suggested with its reasons, until they are friends', async () => {
    const query = '{ suggestedPeople(first: 20) { user { id } reasons } }';
    const suggested = async () =>
      (
        (await clients.friend.must(query)).suggestedPeople as { user: { id: string }; reasons: string[] }[]
      ).find(({ user }) => user.id === ids.consul);
    expect((await suggested())?.reasons).toEqual(['SHARED_ORIGIN', 'SAME_CITY']);
    await befriend(clients.friend, clients.consul, 'We met at the opening.');
    expect(await suggested()).toBeUndefined();
  });

  it('decides who sees, finds and writes to them, in every subgraph', async () => {
    await eventually(async () => ((await found('stranger')) ? true : undefined), 'the consul in search');
    const avatarId = await uploadPhoto(clients.consul, 'avatar');
    await updateProfile(clients.consul, {
      ...{ avatarId, headline: 'Consul', birthday: '1990-05-17' },
      privacy: {
        ...{ contactableBy: 'CONNECTIONS', findableBy: 'CONNECTIONS' },
        fields: [
          { field: 'BIRTHDAY', audience: 'CONNECTIONS' },
          { field: 'CITY', audience: 'NOBODY' },
        ],
      },
    });
    const query = `query ($id: ID!) { user(id: $id) { headline city birthday avatar { contentType url } } }`;
    const seen = async (who: Who) => (await clients[who].must(query, { id: ids.consul })).user;
    const friends = await eventually(async () => {
      const user = await seen('friend');
      return user.avatar ? user : undefined;
    }, 'the avatar in content');
    expect(friends).toMatchObject({ headline: 'Consul', city: null, birthday: '1990-05-17' });
    expect((await fetch(friends.avatar.url as string)).status).toBe(200);
    expect(await seen('stranger')).toMatchObject({
      city: null,
      birthday: null,
      avatar: { contentType: 'image/png' },
    });
    await eventually(async () => ((await found('stranger')) ? undefined : true), 'a consul nobody finds');
    expect(await found('friend')).toBe(true);
    await eventually(messagingKnows, 'messaging to know who may write to the consul');
    expect(await opened('stranger')).toBe('NOT_CONTACTABLE');
    expect(await opened('friend')).toBeUndefined();
  });

  it('ends with a block, everywhere', async () => {
    const block = 'mutation ($input: BlockUserInput!) { blockUser(input: $input) { userErrors { code } } }';
    await clients.consul.must(block, { input: { userId: ids.friend } });
    const query = `query ($id: ID!) { user(id: $id) { displayName headline friendCount } }`;
    expect((await clients.friend.must(query, { id: ids.consul })).user).toEqual({
      ...{ displayName: 'Oriana the consul', headline: null, friendCount: null },
    });
    const avatar = `query ($id: ID!) { user(id: $id) { avatar { url } } }`;
    await eventually(
      async () =>
        (await clients.friend.must(avatar, { id: ids.consul })).user.avatar === null ? true : undefined,
      'the block in content',
    );
    await eventually(async () => ((await found('friend')) ? undefined : true), 'the block in search');
  });
});
