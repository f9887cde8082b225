import { createCache, createPool } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectDatabase } from '../database.js';
import { nodeIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { createAuthority } from './service.js';

const canQuery = `query ($action: String!, $nodeId: ID!, $userId: ID) { can(action: $action, nodeId: $nodeId, userId: $userId) }`;
const whyQuery = `query ($action: String!, $nodeId: ID!, $userId: ID) { whyCan(action: $action, nodeId: $nodeId, userId: $userId) {
  isAllowed reason message steps { node { name } grants { effect action role { name } } } grantors { displayName } } }`;
const revoke = `mutation ($id: ID!) { revokePermission(input: { grantId: $id }) { grant { id } userErrors { code } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

async function scene() {
  const { given } = users;
  const owner = await given.person({ displayName: 'Olga' });
  const head = await given.person({ displayName: 'Horia' });
  const clerk = await given.person({ displayName: 'Clara' });
  const organization = await given.organization(owner, 'Consulate');
  const department = await given.node(organization.id, { name: 'Visas' });
  const service = await given.node(department.id, { name: 'Renewals' });
  const reader = await given.role(organization, ['customers.read'], 'Reader');
  const headship = await given.member(organization, head);
  await given.grant(headship, department.id, 'grants.manage');
  await given.grant(headship, department.id, 'customers.read');
  const membership = await given.member(organization, clerk);
  return { owner, head, clerk, organization, department, service, reader, membership };
}

describe('can and whyCan', () => {
  it('tell what was granted, where, and by which role', async () => {
    const { clerk, department, service, reader, membership } = await scene();
    await users.given.grant(membership, department.id, reader);
    const question = { action: 'customers.read', nodeId: service.publicId };
    const { data } = await users.as(clerk.viewer).execute(whyQuery, question);
    expect(data.whyCan).toEqual({
      isAllowed: true,
      reason: 'GRANTED',
      message: 'Granted at “Visas” by the role “Reader”.',
      steps: [
        { node: { name: 'Consulate' }, grants: [] },
        { node: { name: 'Visas' }, grants: [{ effect: 'ALLOW', action: null, role: { name: 'Reader' } }] },
        { node: { name: 'Renewals' }, grants: [] },
      ],
      grantors: [],
    });
    expect((await users.as(clerk.viewer).execute(canQuery, question)).data.can).toBe(true);
  });

  it('tell what denies it, and who could lift that', async () => {
    const { clerk, department, service, organization, membership } = await scene();
    await users.given.grant(membership, service.id, 'customers.read');
    await users.given.grant(membership, department.id, 'customers.read', 'DENY');
    const question = { action: 'customers.read', nodeId: service.publicId };
    const { data } = await users.as(clerk.viewer).execute(whyQuery, question);
    expect(data.whyCan).toMatchObject({
      isAllowed: false,
      reason: 'DENIED',
      message: 'Denied at “Visas”; a denial beats every grant on the way.',
      grantors: [{ displayName: 'Olga' }, { displayName: 'Horia' }],
    });
    const atRoot = { action: 'customers.read', nodeId: organization.rootId };
    const none = (await users.as(clerk.viewer).execute(whyQuery, atRoot)).data.whyCan;
    expect(none).toMatchObject({ reason: 'NOT_GRANTED', grantors: [{ displayName: 'Olga' }] });
  });

  it('answer about others to those who manage grants there', async () => {
    const { owner, head, clerk, organization, department } = await scene();
    const about = (person: { publicId: string }, nodeId: string) => ({
      action: 'customers.write',
      nodeId,
      userId: person.publicId,
    });
    const asked = async (who: { viewer: typeof owner.viewer }, variables: object) => {
      const answers = await Promise.all(
        [canQuery, whyQuery].map((query) => users.as(who.viewer).execute(query, { ...variables })),
      );
      return answers.map(({ codes, data }) => codes[0] ?? data.can ?? data.whyCan.isAllowed);
    };
    expect(await asked(owner, about(clerk, organization.rootId))).toEqual([false, false]);
    expect(await asked(head, about(clerk, department.publicId))).toEqual([false, false]);
    expect(await asked(head, about(owner, department.publicId))).toEqual([true, true]);
    expect(await asked(head, about(clerk, organization.rootId))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await asked(clerk, about(head, department.publicId))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  it('say nothing of places in other organizations, of closed ones, and to visitors', async () => {
    const [mine, other] = [await scene(), await scene()];
    const question = { action: 'customers.read', nodeId: other.department.publicId };
    const client = users.as(mine.owner.viewer);
    expect((await client.execute(canQuery, question)).data.can).toBe(false);
    expect((await client.execute(whyQuery, question)).data.whyCan).toBeNull();
    const missing = { ...question, nodeId: nodeIds.encode(nodeIds.create()) };
    expect((await client.execute(whyQuery, missing)).data.whyCan).toBeNull();
    await users.db.organization.update({
      where: { id: mine.organization.id },
      data: { closedAt: new Date() },
    });
    const closed = { ...question, nodeId: mine.organization.rootId };
    expect((await client.execute(canQuery, closed)).data.can).toBe(false);
    expect((await users.anonymous.execute(canQuery, question)).codes).toEqual(['UNAUTHENTICATED']);
    expect((await users.anonymous.execute(whyQuery, question)).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('viewerCan on a list', () => {
  it('costs one statement for all of it, and none for what is held while Redis has it', async () => {
    const { head, department } = await scene();
    for (let index = 0; index < 20; index++) await users.given.node(department.id);
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on OrganizationNode {
      children(first: 30) { nodes { read: viewerCan(action: "customers.read") { isAllowed } write: viewerCan(action: "customers.write") { reason } } } } } }`;
    const r = [{ __typename: 'OrganizationNode', id: department.publicId }];
    const ask = async () => {
      const before = users.statements();
      const { data } = await users.as(head.viewer).execute(query, { r });
      return { nodes: data._entities[0].children.nodes, statements: users.statements() - before };
    };
    const { nodes } = await ask();
    expect(nodes).toHaveLength(21);
    expect(new Set(nodes.map((node: object) => JSON.stringify(node)))).toEqual(
      new Set(['{"read":{"isAllowed":true},"write":{"reason":"NOT_GRANTED"}}']),
    );
    // The place, its children in two, and one for all permissions.
    expect((await ask()).statements).toBe(4);
  });
});

describe('what is kept in Redis', () => {
  const permissionOf = (
    person: { id: string },
    nodeId: string,
    authority: ReturnType<typeof createAuthority>,
  ) => authority.can(person.id, 'customers.read', nodeId);

  it('never outlives a change: what was revoked, anywhere above, is refused from the commit on', async () => {
    const { owner, clerk, organization, service, membership } = await scene();
    const authority = createAuthority({ db: users.db, cache: users.cache });
    for (let round = 0; round < 10; round++) {
      const grant = await users.given.grant(membership, organization.id, 'customers.read');
      // Others ask all the time, so that answers of every moment are kept.
      let isOver = false;
      const asking = Promise.all(
        Array.from({ length: 5 }, async () => {
          while (!isOver) await permissionOf(clerk, service.id, authority);
        }),
      );
      expect(await permissionOf(clerk, service.id, authority)).toBe(true);
      const { codes } = await users.as(owner.viewer).execute(revoke, { id: grant.publicId });
      const after = await permissionOf(clerk, service.id, authority);
      isOver = true;
      await asking;
      expect({ codes, after }).toEqual({ codes: [], after: false });
    }
  });

  it('would outlive a change if it were kept by person alone', async () => {
    const { owner, clerk, organization, service, membership } = await scene();
    const grant = await users.given.grant(membership, organization.id, 'customers.read');
    const forgetful = (key: string) => key.split(':').slice(2).join();
    const cache = {
      ...users.cache,
      wrap: <T>(key: string, ttl: number, load: () => Promise<T>) =>
        users.cache.wrap(forgetful(key), ttl, load),
    };
    const careless = createAuthority({ db: users.db, cache });
    expect(await permissionOf(clerk, service.id, careless)).toBe(true);
    await users.as(owner.viewer).execute(revoke, { id: grant.publicId });
    expect(await permissionOf(clerk, service.id, careless)).toBe(true);
    expect(await permissionOf(clerk, service.id, createAuthority({ db: users.db, cache: users.cache }))).toBe(
      false,
    );
  });

  it('is used: what is held is read once between two changes', async () => {
    const { clerk, service, organization, membership } = await scene();
    await users.given.grant(membership, organization.id, 'customers.read');
    const sent: string[] = [];
    const pool = createPool({ url: users.databaseUrl, onStatement: (sql) => sent.push(sql) });
    const db = connectDatabase(new PrismaPg(pool));
    const authority = createAuthority({ db, cache: users.cache });
    for (let time = 0; time < 3; time++) expect(await permissionOf(clerk, service.id, authority)).toBe(true);
    expect(sent.filter((sql) => sql.includes('organization_grants'))).toHaveLength(1);
    await users.given.grant(membership, service.id, 'customers.write');
    for (let time = 0; time < 3; time++) await permissionOf(clerk, service.id, authority);
    expect(sent.filter((sql) => sql.includes('organization_grants'))).toHaveLength(2);
    await db.$disconnect();
    await pool.end();
  });

  it('is not needed: without Redis the answers are the same', async () => {
    const { owner, clerk, organization, service, membership } = await scene();
    const grant = await users.given.grant(membership, organization.id, 'customers.read');
    const away = { status: () => 'away' } as typeof users.redis;
    const cache = createCache({ redis: away, namespace: 'nowhere', log: silentLog });
    const authority = createAuthority({ db: users.db, cache });
    expect(await permissionOf(clerk, service.id, authority)).toBe(true);
    await users.as(owner.viewer).execute(revoke, { id: grant.publicId });
    expect(await permissionOf(clerk, service.id, authority)).toBe(false);
  });
});
