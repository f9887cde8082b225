import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetOutlived } from '../jobs.js';
import { givenUsers } from '../testing/given.js';

const create = `mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) {
  organization { id name root { id level name viewerCan(action: "customers.erase") { reason } }
    viewerMembership { isOwner user { id } } } userErrors { code path } } }`;
const rename = `mutation ($input: RenameOrganizationInput!) {
  renameOrganization(input: $input) { organization { name version root { name } } userErrors { code path } } }`;
const add = `mutation ($input: AddOrganizationNodeInput!) {
  addOrganizationNode(input: $input) { node { id level name action parent { id } } userErrors { code path } } }`;
const renameNode = `mutation ($input: RenameOrganizationNodeInput!) {
  renameOrganizationNode(input: $input) { node { name version } userErrors { code path } } }`;
const removeNode = `mutation ($id: ID!) {
  removeOrganizationNode(input: { nodeId: $id }) { removedNodeId userErrors { code path } } }`;
const close = `mutation ($id: ID!) { closeOrganization(input: { organizationId: $id }) { organization { closedAt } userErrors { code } } }`;
const reopen = `mutation ($id: ID!) { reopenOrganization(input: { organizationId: $id }) { organization { closedAt } userErrors { code } } }`;
const seen = `query ($id: ID!) { organization(id: $id) { id name } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

describe('an organization', () => {
  it('begins with its root and its founder as owner, once for a repeated call', async () => {
    const founder = await users.given.person();
    const input = { idempotencyKey: key(), name: 'Casa Română' };
    const first = await users.as(founder.viewer).execute(create, { input });
    expect(first.data.createOrganization).toMatchObject({
      organization: {
        name: 'Casa Română',
        root: { level: 'ORGANIZATION', name: 'Casa Română', viewerCan: { reason: 'OWNER' } },
        viewerMembership: { isOwner: true, user: { id: founder.publicId } },
      },
      userErrors: [],
    });
    expect((await users.as(founder.viewer).execute(create, { input })).data).toEqual(first.data);
    expect(await users.db.organization.count({ where: { createdById: founder.id } })).toBe(1);
  });

  it('is founded twenty times by one person at most, however many at once', async () => {
    const founder = await users.given.person();
    for (let index = 0; index < 18; index++) await users.given.organization(founder);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        users.as(founder.viewer).execute(create, { input: { idempotencyKey: key(), name: `More ${index}` } }),
      ),
    );
    expect(answers.filter((answer) => errorsOf(answer).length === 0)).toHaveLength(2);
    expect(await users.db.organization.count({ where: { createdById: founder.id } })).toBe(20);
  });

  it('is renamed by the version that is known, together with its root', async () => {
    const owner = await users.given.person();
    const organization = await users.given.organization(owner);
    const input = { organizationId: organization.publicId, expectedVersion: 1, name: 'Renamed' };
    const { data } = await users.as(owner.viewer).execute(rename, { input });
    expect(data.renameOrganization.organization).toEqual({
      name: 'Renamed',
      version: 2,
      root: { name: 'Renamed' },
    });
    const stale = await users.as(owner.viewer).execute(rename, { input: { ...input, name: 'Again' } });
    expect(stale.data.renameOrganization).toMatchObject({
      organization: { name: 'Renamed', version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
  });

  it('that is closed is gone for members and of no use to owners, who can open it again for thirty days', async () => {
    const [owner, person] = [await users.given.person(), await users.given.person()];
    const organization = await users.given.organization(owner);
    await users.given.member(organization, person);
    const id = organization.publicId;
    expect((await users.as(person.viewer).execute(close, { id })).codes).toEqual(['FORBIDDEN']);
    expect(errorsOf(await users.as(owner.viewer).execute(close, { id }))).toEqual([]);
    expect((await users.as(person.viewer).execute(seen, { id })).data.organization).toBeNull();
    expect((await users.as(owner.viewer).execute(seen, { id })).data.organization.id).toBe(id);
    const input = { idempotencyKey: key(), parentId: organization.rootId, name: 'Late' };
    expect(errorsOf(await users.as(owner.viewer).execute(add, { input }))).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    expect(errorsOf(await users.as(person.viewer).execute(reopen, { id }))).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    await users.run(forgetOutlived, {});
    const opened = await users.as(owner.viewer).execute(reopen, { id });
    expect(opened.data.reopenOrganization).toEqual({ organization: { closedAt: null }, userErrors: [] });
    expect((await users.as(person.viewer).execute(seen, { id })).data.organization.id).toBe(id);
  });

  it('goes thirty days after it was closed, with its tree and its grants', async () => {
    const owner = await users.given.person();
    const organization = await users.given.organization(owner);
    const department = await users.given.node(organization.id);
    const member = await users.given.member(organization, await users.given.person());
    const role = await users.given.role(organization, ['customers.read']);
    await users.given.grant(member, department.id, role);
    const closedAt = new Date(users.clock.now().getTime() - 30 * 86_400_000 - 1);
    await users.db.organization.update({ where: { id: organization.id }, data: { closedAt } });
    await users.run(forgetOutlived, {});
    expect(await users.db.organization.findUnique({ where: { id: organization.id } })).toBeNull();
    expect(await users.db.organizationNode.count({ where: { organizationId: organization.id } })).toBe(0);
    expect(await users.db.organizationGrant.count({ where: { organizationId: organization.id } })).toBe(0);
  });

  it('is listed for its members, page by page', async () => {
    const person = await users.given.person();
    const owner = await users.given.person();
    const organizations = [];
    for (let index = 0; index < 3; index++) {
      organizations.push(await users.given.organization(owner));
      await users.given.member(organizations[index]!, person);
    }
    const query = `query ($after: String) { organizations(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const first = (await users.as(person.viewer).execute(query)).data.organizations;
    const second = (await users.as(person.viewer).execute(query, { after: first.pageInfo.endCursor })).data;
    const ids = [...first.nodes, ...second.organizations.nodes].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(organizations.map(({ publicId }) => publicId));
    expect(second.organizations.pageInfo.hasNextPage).toBe(false);
  });
});

describe('the tree', () => {
  const adding = (parentId: string, overrides: object = {}) => ({
    input: { idempotencyKey: key(), parentId, name: `Place ${keys}`, ...overrides },
  });

  it('has departments, services and actions, by what they lie below', async () => {
    const owner = await users.given.person();
    const organization = await users.given.organization(owner);
    const client = users.as(owner.viewer);
    let parentId = organization.rootId;
    const levels = [];
    for (const action of [undefined, undefined, 'invoices.approve']) {
      const { data } = await client.execute(add, adding(parentId, action ? { action } : {}));
      const { node } = data.addOrganizationNode;
      levels.push([node.level, node.action, node.parent.id === parentId]);
      parentId = node.id;
    }
    expect(levels).toEqual([
      ['DEPARTMENT', null, true],
      ['SERVICE', null, true],
      ['ACTION', 'invoices.approve', true],
    ]);
    const query = `query ($id: ID!) { organization(id: $id) { actions { name isBuiltIn }
      root { children(first: 5) { nodes { children(first: 5) { nodes { children(last: 5) { nodes { action } } } } } } } } }`;
    const { data } = await client.execute(query, { id: organization.publicId });
    expect(data.organization.actions.at(-1)).toEqual({ name: 'invoices.approve', isBuiltIn: false });
    expect(JSON.stringify(data.organization.root)).toContain('"action":"invoices.approve"');
  });

  it.each<[string, 'root' | 'service' | 'action', object, string, string]>([
    ['below an action', 'action', {}, 'INVALID_INPUT', 'parentId'],
    ['without an action below a service', 'service', {}, 'INVALID_INPUT', 'action'],
    ['with an action below the root', 'root', { action: 'a.b' }, 'INVALID_INPUT', 'action'],
    ['with an action that is none', 'service', { action: 'Approve!' }, 'INVALID_INPUT', 'action'],
    [
      'with an action that every organization has',
      'service',
      { action: 'customers.read' },
      'INVALID_INPUT',
      'action',
    ],
    ['with a name that is taken', 'root', { name: ' VISAS ' }, 'CONFLICT', 'name'],
    ['with a name of two lines', 'root', { name: 'a\nb' }, 'INVALID_INPUT', 'name'],
  ])('refuses a place %s', async (_name, where, override, code, field) => {
    const owner = await users.given.person();
    const organization = await users.given.organization(owner);
    const department = await users.given.node(organization.id, { name: 'Visas' });
    const service = await users.given.node(department.id);
    const action = await users.given.node(service.id, { action: 'visas.renew' });
    const parentId = { root: organization.rootId, service: service.publicId, action: action.publicId }[where];
    const answer = await users.as(owner.viewer).execute(add, adding(parentId, override));
    expect(errorsOf(answer)).toEqual([{ code, path: [field] }]);
    expect(await users.db.organizationNode.count({ where: { organizationId: organization.id } })).toBe(4);
  });

  it('loses a place only when nothing is in it, by whoever may change what lies above', async () => {
    const [owner, head] = [await users.given.person(), await users.given.person()];
    const organization = await users.given.organization(owner);
    const department = await users.given.node(organization.id);
    const service = await users.given.node(department.id);
    await users.given.grant(await users.given.member(organization, head), department.id, 'structure.manage');
    const remove = (who: typeof owner, { publicId: id }: { publicId: string }) =>
      users.as(who.viewer).execute(removeNode, { id });
    expect(errorsOf(await remove(owner, department))).toMatchObject([{ code: 'CONFLICT' }]);
    expect((await remove(head, department)).codes).toEqual(['FORBIDDEN']);
    expect(errorsOf(await remove(head, service))).toEqual([]);
    expect(errorsOf(await remove(owner, department))).toEqual([]);
    expect(errorsOf(await remove(owner, { publicId: organization.rootId }))).toMatchObject([
      { code: 'INVALID_INPUT' },
    ]);
  });

  it('renames a place by the version that is known, never to a name beside it or of the root', async () => {
    const owner = await users.given.person();
    const organization = await users.given.organization(owner);
    const [one] = [
      await users.given.node(organization.id),
      await users.given.node(organization.id, { name: 'Two' }),
    ];
    const attempt = async (nodeId: string, expectedVersion: number, name: string) =>
      errorsOf(
        await users.as(owner.viewer).execute(renameNode, { input: { nodeId, expectedVersion, name } }),
      );
    expect(await attempt(one.publicId, 1, 'two')).toEqual([{ code: 'CONFLICT', path: ['name'] }]);
    expect(await attempt(one.publicId, 1, 'One')).toEqual([]);
    expect(await attempt(one.publicId, 1, 'Uno')).toEqual([{ code: 'CONFLICT', path: ['expectedVersion'] }]);
    expect(await attempt(organization.rootId, 1, 'Root')).toEqual([
      { code: 'INVALID_INPUT', path: ['nodeId'] },
    ]);
  });
});
