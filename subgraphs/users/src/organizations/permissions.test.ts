import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invitationIds, memberIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

/** `manager` has every action at the root; `member` has none. */
const everybody = [
  'anonymous',
  'service',
  'super user',
  'stranger',
  'invited',
  'member',
  'manager',
  'owner',
] as const;
type Who = (typeof everybody)[number];

async function scene() {
  const { given } = users;
  const people = Object.fromEntries(
    await Promise.all(
      ['stranger', 'invited', 'member', 'manager', 'owner'].map(async (who) => [who, await given.person()]),
    ),
  ) as Record<Who, Awaited<ReturnType<typeof given.person>>>;
  const organization = await given.organization(people.owner);
  const department = await given.node(organization.id);
  const empty = await given.node(organization.id);
  const [manager, member] = [
    await given.member(organization, people.manager),
    await given.member(organization, people.member),
  ];
  const second = await given.member(organization, await given.person(), { isOwner: true });
  const all = ['structure.manage', 'members.manage', 'grants.manage', 'customers.read'];
  await given.grant(manager, organization.id, await given.role(organization, all));
  const role = await given.role(organization, ['customers.read']);
  const spare = await given.role(organization, ['customers.read']);
  const grant = await given.grant(member, department.id, role);
  const invitationId = invitationIds.create();
  await users.db.organizationInvitation.create({
    data: {
      ...{ id: invitationId, organizationId: organization.id, userId: people.invited.id },
      ...{
        invitedById: people.owner.id,
        createdAt: new Date(),
        expiresAt: new Date(Date.now() + 86_400_000),
      },
    },
  });
  const viewers: Record<Who, Viewer | null> = {
    anonymous: null,
    service: aViewer({ kind: 'service' }),
    'super user': aViewer({ roles: ['SUPER_USER'] }),
    ...(Object.fromEntries(Object.entries(people).map(([who, { viewer }]) => [who, viewer])) as Record<
      Exclude<Who, 'anonymous' | 'service' | 'super user'>,
      Viewer
    >),
  };
  const ids = {
    ...{ organization: organization.publicId, root: organization.rootId, department: department.publicId },
    ...{ empty: empty.publicId, member: member.publicId, role: role.publicId, spare: spare.publicId },
    ...{ grant: grant.publicId, invitation: invitationIds.encode(invitationId), owner: second.publicId },
    outsider: people.stranger.publicId,
  };
  return { organization, ids, as: (who: Who) => users.as(viewers[who]) };
}
type Ids = Awaited<ReturnType<typeof scene>>['ids'];

const key = () => `idempotencyKey: "${crypto.randomUUID()}"`;
const managers: Who[] = ['manager', 'owner'];
const commands: Record<string, { input: (ids: Ids) => string; may: Who[] }> = {
  renameOrganization: {
    input: ({ organization }) => `organizationId: "${organization}", expectedVersion: 1, name: "New"`,
    may: managers,
  },
  closeOrganization: { input: ({ organization }) => `organizationId: "${organization}"`, may: ['owner'] },
  addOrganizationNode: { input: ({ root }) => `${key()}, parentId: "${root}", name: "New"`, may: managers },
  renameOrganizationNode: {
    input: ({ department }) => `nodeId: "${department}", expectedVersion: 1, name: "New"`,
    may: managers,
  },
  removeOrganizationNode: { input: ({ empty }) => `nodeId: "${empty}"`, may: managers },
  createOrganizationRole: {
    input: ({ organization }) =>
      `${key()}, organizationId: "${organization}", name: "New", actions: ["customers.read"]`,
    may: managers,
  },
  updateOrganizationRole: {
    input: ({ role }) => `roleId: "${role}", expectedVersion: 1, name: "New"`,
    may: managers,
  },
  removeOrganizationRole: { input: ({ spare }) => `roleId: "${spare}"`, may: managers },
  grantPermission: {
    input: ({ member, department }) =>
      `${key()}, memberId: "${member}", nodeId: "${department}", effect: ALLOW, action: "customers.read"`,
    may: managers,
  },
  revokePermission: { input: ({ grant }) => `grantId: "${grant}"`, may: managers },
  inviteToOrganization: {
    input: ({ organization, outsider }) =>
      `${key()}, organizationId: "${organization}", userId: "${outsider}"`,
    may: managers,
  },
  revokeOrganizationInvitation: { input: ({ invitation }) => `invitationId: "${invitation}"`, may: managers },
  acceptOrganizationInvitation: {
    input: ({ invitation }) => `invitationId: "${invitation}"`,
    may: ['invited'],
  },
  declineOrganizationInvitation: {
    input: ({ invitation }) => `invitationId: "${invitation}"`,
    may: ['invited'],
  },
  promoteToOwner: { input: ({ member }) => `memberId: "${member}"`, may: ['owner'] },
  demoteOwner: { input: ({ owner }) => `memberId: "${owner}"`, may: ['owner'] },
  // A member may always leave.
  removeOrganizationMember: { input: ({ member }) => `memberId: "${member}"`, may: ['member', ...managers] },
};

/** What whoever may not is told: strangers, that there is nothing; members, that it is not theirs, but for what is nobody's but the invited one's. */
function refusalOf(command: string, who: Who): string {
  if (who === 'anonymous') return 'UNAUTHENTICATED';
  if (who === 'service') return 'FORBIDDEN';
  const isMember = ['member', 'manager', 'owner'].includes(who);
  return isMember && !/^(accept|decline)/.test(command) ? 'FORBIDDEN' : 'NOT_FOUND';
}

async function stateOf(organizationId: string): Promise<string> {
  const { db } = users;
  const where = { organizationId };
  const tables = await Promise.all([
    db.organization.findMany({ where: { id: organizationId } }),
    db.organizationNode.findMany({ where, orderBy: { id: 'asc' } }),
    db.organizationMember.findMany({ where, orderBy: { id: 'asc' } }),
    db.organizationRole.findMany({ where, orderBy: { id: 'asc' } }),
    db.organizationGrant.findMany({ where, orderBy: { id: 'asc' } }),
    db.organizationInvitation.findMany({ where, orderBy: { id: 'asc' } }),
    db.$queryRaw`SELECT count(*)::int AS count FROM kit.outbox`,
  ]);
  return JSON.stringify(tables);
}

describe('commands on an organization', () => {
  it.each(Object.entries(commands))(
    '%s is open to those it is for, and to nobody else',
    async (command, { input, may }) => {
      for (const who of everybody) {
        const { organization, ids, as } = await scene();
        const before = await stateOf(organization.id);
        const { data, codes } = await as(who).execute(
          `mutation { ${command}(input: { ${input(ids)} }) { userErrors { code } } }`,
        );
        const code = codes[0] ?? data[command].userErrors[0]?.code ?? 'done';
        const hasChanged = (await stateOf(organization.id)) !== before;
        const expected = may.includes(who) ? 'done' : refusalOf(command, who);
        expect({ who, code, hasChanged }).toEqual({ who, code: expected, hasChanged: expected === 'done' });
      }
    },
  );
});

describe('what is shown of an organization', () => {
  const fields = `... on Organization { name root { name children(first: 2) { nodes { name } } } members(first: 3) { nodes { id } }
    roles { name } viewerMembership { id } } ... on OrganizationNode { name level organization { name } }`;
  const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { ${fields} } }`;
  const invitations = `query ($id: ID!) { organization(id: $id) { invitations(first: 3) { nodes { email } } } }`;

  it.each(everybody)('is shown to %s by reference only as a member', async (who) => {
    const { ids, as } = await scene();
    const r = [
      { __typename: 'Organization', id: ids.organization },
      { __typename: 'OrganizationNode', id: ids.department },
    ];
    const { data, errors } = await as(who).execute(entities, { r });
    const isMember = ['member', 'manager', 'owner'].includes(who);
    expect(errors.length > 0 && isMember).toBe(false);
    expect(data._entities.map((entity: object | null) => entity !== null)).toEqual([isMember, isMember]);
  });

  it('keeps invitations to those who manage members', async () => {
    const { ids, as } = await scene();
    const shown = async (who: Who) => {
      const { data, codes } = await as(who).execute(invitations, { id: ids.organization });
      return codes[0] ?? data.organization?.invitations.nodes.length ?? null;
    };
    expect(await Promise.all(everybody.map(shown))).toEqual([
      'UNAUTHENTICATED',
      'FORBIDDEN',
      null,
      null,
      null,
      'FORBIDDEN',
      1,
      1,
    ]);
  });

  it('is found by nobody who guesses a member of somebody else', async () => {
    const { as } = await scene();
    const id = memberIds.encode(memberIds.create());
    const { data } = await as('owner').execute(
      `mutation { promoteToOwner(input: { memberId: "${id}" }) { userErrors { code path } } }`,
    );
    expect(data.promoteToOwner.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['memberId'] }]);
  });
});
