import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantIds, memberIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

const grantPermission = `mutation ($input: GrantPermissionInput!) { grantPermission(input: $input) {
  grant { id effect action role { id } node { id } member { id } grantedBy { id } } userErrors { code path } } }`;
const revokePermission = `mutation ($input: RevokePermissionInput!) {
  revokePermission(input: $input) { grant { id } userErrors { code path } } }`;
const createRole = `mutation ($input: CreateOrganizationRoleInput!) {
  createOrganizationRole(input: $input) { role { id name actions version } userErrors { code path } } }`;
const updateRole = `mutation ($input: UpdateOrganizationRoleInput!) {
  updateOrganizationRole(input: $input) { role { name actions version } userErrors { code path } } }`;
const removeRole = `mutation ($input: RemoveOrganizationRoleInput!) {
  removeOrganizationRole(input: $input) { removedRoleId userErrors { code path } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;

beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

/** An owner, a director who manages grants at the root, a head who does in one department, and a clerk. */
async function scene() {
  const { given } = users;
  const [owner, directorPerson, headPerson, clerkPerson] = await Promise.all(
    Array.from({ length: 4 }, () => given.person()),
  );
  const organization = await given.organization(owner!);
  const department = await given.node(organization.id);
  const service = await given.node(department.id);
  const director = await given.member(organization, directorPerson!);
  const head = await given.member(organization, headPerson!);
  const clerk = await given.member(organization, clerkPerson!);
  const managing = await given.role(organization, ['grants.manage', 'customers.read', 'customers.write']);
  await given.grant(director, organization.id, managing);
  const headGrant = await given.grant(head, department.id, managing);
  const as = {
    owner: users.as(owner!.viewer),
    director: users.as(directorPerson!.viewer),
    head: users.as(headPerson!.viewer),
    clerk: users.as(clerkPerson!.viewer),
  };
  return { organization, department, service, managing, director, head, clerk, headGrant, as };
}

const grantOf = (
  member: { publicId: string },
  node: { publicId: string } | string,
  overrides: object = {},
) => ({
  input: {
    idempotencyKey: key(),
    memberId: member.publicId,
    nodeId: typeof node === 'string' ? node : node.publicId,
    effect: 'ALLOW',
    action: 'customers.read',
    ...overrides,
  },
});
const outcome = ({ data, codes }: { data: any; codes: readonly string[] }): string =>
  codes[0] ?? Object.values<any>(data)[0].userErrors[0]?.code ?? 'done';

describe('a grant', () => {
  it('is given by whoever manages grants there and has what is granted, and is told to the audit trail', async () => {
    const { as, clerk, head, service } = await scene();
    const { data } = await as.head.execute(grantPermission, grantOf(clerk, service));
    const { grant } = data.grantPermission;
    expect(grant).toMatchObject({
      effect: 'ALLOW',
      action: 'customers.read',
      role: null,
      member: { id: clerk.publicId },
      node: { id: service.publicId },
    });
    const [line] = await users.db.$queryRaw<{ envelope: any }[]>`
      SELECT envelope FROM kit.outbox WHERE type = 'audit.recorded' AND key = ${grant.id}`;
    expect(line!.envelope.data).toMatchObject({
      action: 'organizationGrant.given',
      actor: { kind: 'PERSON', id: head.userId },
      personId: clerk.userId,
      after: { nodeId: service.publicId, effect: 'ALLOW', action: 'customers.read' },
    });
  });

  it('is one grant for a repeated call, and of one thing there is one at a place', async () => {
    const { as, clerk, service } = await scene();
    const call = grantOf(clerk, service);
    const first = await as.head.execute(grantPermission, call);
    expect((await as.head.execute(grantPermission, call)).data).toEqual(first.data);
    expect(outcome(await as.head.execute(grantPermission, grantOf(clerk, service, { effect: 'DENY' })))).toBe(
      'CONFLICT',
    );
  });

  it('is revoked by whoever could give it', async () => {
    const { as, clerk, department } = await scene();
    const given = await as.head.execute(grantPermission, grantOf(clerk, department));
    const input = { grantId: given.data.grantPermission.grant.id };
    expect(outcome(await as.clerk.execute(revokePermission, { input }))).toBe('FORBIDDEN');
    expect(outcome(await as.head.execute(revokePermission, { input }))).toBe('done');
    expect(outcome(await as.head.execute(revokePermission, { input }))).toBe('NOT_FOUND');
  });

  it.each<[string, (s: Awaited<ReturnType<typeof scene>>) => [keyof typeof s.as, object], string]>([
    ['above what one manages', (s) => ['head', grantOf(s.clerk, s.organization.rootId)], 'FORBIDDEN'],
    [
      'of what one lacks',
      (s) => ['head', grantOf(s.clerk, s.service, { action: 'customers.erase' })],
      'FORBIDDEN',
    ],
    ['to oneself', (s) => ['director', grantOf(s.director, s.service)], 'FORBIDDEN'],
    ['by whoever manages nothing', (s) => ['clerk', grantOf(s.head, s.service)], 'FORBIDDEN'],
    [
      'that denies somebody who answers for grants further up',
      (s) => ['head', grantOf(s.director, s.department, { effect: 'DENY' })],
      'FORBIDDEN',
    ],
    [
      'of an unknown action',
      (s) => ['owner', grantOf(s.clerk, s.service, { action: 'no.such' })],
      'INVALID_INPUT',
    ],
    ['of nothing', (s) => ['owner', grantOf(s.clerk, s.service, { action: null })], 'INVALID_INPUT'],
    [
      'of a role and an action',
      (s) => ['owner', grantOf(s.clerk, s.service, { roleId: s.managing.publicId })],
      'INVALID_INPUT',
    ],
  ])('is refused %s, without a trace', async (_name, attempt, code) => {
    const s = await scene();
    const [who, call] = attempt(s);
    const before = await users.db.organizationGrant.count();
    expect(outcome(await s.as[who].execute(grantPermission, call as Record<string, unknown>))).toBe(code);
    expect(await users.db.organizationGrant.count()).toBe(before);
  });

  it('is not for owners, and not for members of other organizations', async () => {
    const [s, other] = [await scene(), await scene()];
    const owner = await users.db.organizationMember.findFirstOrThrow({
      where: { organizationId: s.organization.id, isOwner: true },
    });
    const toOwner = grantOf({ publicId: memberIds.encode(owner.id) }, s.service);
    expect(outcome(await s.as.director.execute(grantPermission, toOwner))).toBe('CONFLICT');
    expect(outcome(await s.as.owner.execute(grantPermission, grantOf(other.clerk, s.service)))).toBe(
      'NOT_FOUND',
    );
    expect(outcome(await s.as.owner.execute(grantPermission, grantOf(s.clerk, other.service)))).toBe(
      'NOT_FOUND',
    );
  });

  it('cannot be given at a place while it is denied to the grantor anywhere below', async () => {
    const { as, clerk, head, department, service } = await scene();
    await users.given.grant(head, service.id, 'customers.read', 'DENY');
    expect(outcome(await as.head.execute(grantPermission, grantOf(clerk, department)))).toBe('FORBIDDEN');
    const { grants } = await users.db.organizationMember.findUniqueOrThrow({
      where: { id: head.id },
      include: { grants: { where: { effect: 'DENY' } } },
    });
    const input = { grantId: grantIds.encode(grants[0]!.id) };
    expect(outcome(await as.head.execute(revokePermission, { input }))).toBe('FORBIDDEN');
    expect(outcome(await as.director.execute(revokePermission, { input }))).toBe('done');
    expect(outcome(await as.head.execute(grantPermission, grantOf(clerk, department)))).toBe('done');
  });

  it('is shown to whom it was given and to those who manage it', async () => {
    const { as, clerk, organization, department } = await scene();
    await users.given.grant(clerk, organization.id, 'customers.read');
    await users.given.grant(clerk, department.id, 'customers.write');
    const query = `query ($id: ID!) { organization(id: $id) { members(first: 10) { nodes { id grants { action } } } } }`;
    const seenBy = async (who: keyof typeof as) => {
      const { data } = await as[who].execute(query, { id: organization.publicId });
      const member = data.organization.members.nodes.find(({ id }: { id: string }) => id === clerk.publicId);
      return member.grants.map(({ action }: { action: string }) => action);
    };
    expect(await seenBy('clerk')).toEqual(['customers.read', 'customers.write']);
    expect(await seenBy('director')).toEqual(['customers.read', 'customers.write']);
    expect(await seenBy('head')).toEqual(['customers.write']);
    const atRoot = `query ($id: ID!) { organization(id: $id) { root { grants(first: 9) { nodes { id } } } } }`;
    expect((await as.head.execute(atRoot, { id: organization.publicId })).codes).toEqual(['FORBIDDEN']);
    expect(
      (await as.owner.execute(atRoot, { id: organization.publicId })).data.organization.root.grants.nodes,
    ).toHaveLength(2);
  });
});

describe('a role', () => {
  it('is defined, changed and removed at the root, by the version that is known', async () => {
    const { as, organization } = await scene();
    const input = { idempotencyKey: key(), organizationId: organization.publicId, name: 'Reader' };
    const made = await as.director.execute(createRole, { input: { ...input, actions: ['customers.read'] } });
    const { id, ...role } = made.data.createOrganizationRole.role;
    expect(role).toEqual({ name: 'Reader', actions: ['customers.read'], version: 1 });
    const change = { roleId: id, expectedVersion: 1, actions: ['customers.write', 'customers.read'] };
    const changed = await as.director.execute(updateRole, { input: change });
    expect(changed.data.updateOrganizationRole.role).toEqual({
      name: 'Reader',
      actions: ['customers.read', 'customers.write'],
      version: 2,
    });
    const stale = await as.director.execute(updateRole, { input: change });
    expect(stale.data.updateOrganizationRole).toMatchObject({
      role: { version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
    expect(outcome(await as.head.execute(removeRole, { input: { roleId: id } }))).toBe('FORBIDDEN');
    expect(outcome(await as.director.execute(removeRole, { input: { roleId: id } }))).toBe('done');
  });

  it('gains nothing that the one who changes it lacks where it is granted, and nothing for themselves', async () => {
    const { as, organization, clerk, director, department, managing } = await scene();
    const role = await users.given.role(organization, ['customers.read']);
    await users.given.grant(clerk, department.id, role);
    const change = (actions: string[], roleId = role.publicId) => ({
      input: { roleId, expectedVersion: 1, actions },
    });
    const widened = change(['customers.read', 'customers.erase']);
    expect(outcome(await as.director.execute(updateRole, widened))).toBe('FORBIDDEN');
    const own = change([...managing.actions, 'customers.erase'], managing.publicId);
    expect(outcome(await as.director.execute(updateRole, own))).toBe('FORBIDDEN');
    await users.given.grant(director, department.id, 'customers.write', 'DENY');
    expect(
      outcome(await as.director.execute(updateRole, change(['customers.read', 'customers.write']))),
    ).toBe('FORBIDDEN');
    expect(outcome(await as.owner.execute(updateRole, widened))).toBe('done');
  });

  it('lifts no denial by losing an action that the one who changes it lacks', async () => {
    const { as, organization, clerk, department } = await scene();
    const role = await users.given.role(organization, ['customers.erase', 'customers.read']);
    await users.given.grant(clerk, department.id, role, 'DENY');
    const input = { roleId: role.publicId, expectedVersion: 1, actions: ['customers.read'] };
    expect(outcome(await as.director.execute(updateRole, { input }))).toBe('FORBIDDEN');
    expect(outcome(await as.owner.execute(updateRole, { input }))).toBe('done');
  });

  it('stays while somebody has it', async () => {
    const { as, managing } = await scene();
    const input = { roleId: managing.publicId };
    expect(outcome(await as.owner.execute(removeRole, { input }))).toBe('CONFLICT');
  });

  it.each([
    ['a name that is taken', { name: ' reader ' }, 'CONFLICT', 'name'],
    ['no action', { actions: [] }, 'INVALID_INPUT', 'actions'],
    ['an unknown action', { actions: ['a.b'] }, 'INVALID_INPUT', 'actions'],
    ['a name of two lines', { name: 'a\nb' }, 'INVALID_INPUT', 'name'],
  ])('is refused with %s', async (_name, override, code, field) => {
    const { as, organization } = await scene();
    await users.given.role(organization, ['customers.read'], 'Reader');
    const input = {
      idempotencyKey: key(),
      organizationId: organization.publicId,
      name: 'Writer',
      actions: ['customers.write'],
      ...override,
    };
    const { data } = await as.owner.execute(createRole, { input });
    expect(data.createOrganizationRole.userErrors).toMatchObject([
      { code, path: expect.arrayContaining([field]) },
    ]);
  });
});
