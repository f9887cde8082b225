import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAudit } from '@diaspora/kit';
import { invitationIds, memberIds } from '../ids.js';
import { mailOrganizationInvitation } from '../jobs.js';
import { assertNotLastOwner, createOrganizationMembers } from '../organization-members/index.js';
import { givenUsers } from '../testing/given.js';

const invite = `mutation ($input: InviteToOrganizationInput!) { inviteToOrganization(input: $input) {
  invitation { id status email user { id } organizationName } userErrors { code path } } }`;
const answering = (verb: 'accept' | 'decline' | 'revoke', payload: string) => `mutation ($id: ID!) {
  ${verb}OrganizationInvitation(input: { invitationId: $id }) { ${payload} userErrors { code path } } }`;
const accept = answering('accept', 'member { id isOwner grants { role { id } } organization { id } }');
const decline = answering('decline', 'invitation { status }');
const revoke = answering('revoke', 'invitation { status }');
const mine = `{ organizationInvitations(first: 10) { nodes { id organizationName invitedBy { id } } } }`;
const memberCommand = (name: string) =>
  `mutation ($id: ID!) { ${name}(input: { memberId: $id }) { userErrors { code } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
const dayMs = 86_400_000;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const outcome = ({ data, codes }: { data: any; codes: readonly string[] }) =>
  codes[0] ?? Object.values<any>(data)[0].userErrors[0]?.code ?? 'done';

async function scene() {
  const [owner, guest] = [await users.given.person({ displayName: 'Olga' }), await users.given.person()];
  const organization = await users.given.organization(owner, 'Casa');
  const department = await users.given.node(organization.id);
  const as = { owner: users.as(owner.viewer), guest: users.as(guest.viewer) };
  const inviting = (overrides: object) => ({
    input: { idempotencyKey: key(), organizationId: organization.publicId, ...overrides },
  });
  const invited = async (overrides: object = { userId: guest.publicId }) => {
    const { data } = await as.owner.execute(invite, inviting(overrides));
    return data.inviteToOrganization.invitation.id as string;
  };
  return { owner, guest, organization, department, as, inviting, invited };
}

describe('an invitation', () => {
  it.each(['a person', 'an address'])('of %s is mailed, found and accepted', async (what) => {
    const { owner, guest, organization, as, inviting } = await scene();
    const input = what === 'a person' ? { userId: guest.publicId } : { email: guest.email.toUpperCase() };
    const { data } = await as.owner.execute(invite, inviting(input));
    const { id } = data.inviteToOrganization.invitation;
    await users.run(mailOrganizationInvitation, { invitationId: invitationIds.decode(id) });
    expect(users.mails.at(-1)).toMatchObject({ subject: 'Olga invites you to Casa' });
    expect(users.mails.at(-1)!.to.toLowerCase()).toBe(guest.email);
    const found = (await as.guest.execute(mine)).data.organizationInvitations.nodes;
    expect(found).toEqual([{ id, organizationName: 'Casa', invitedBy: { id: owner.publicId } }]);
    const accepted = await as.guest.execute(accept, { id });
    expect(accepted.data.acceptOrganizationInvitation).toMatchObject({
      member: { isOwner: false, grants: [], organization: { id: organization.publicId } },
      userErrors: [],
    });
    expect(outcome(await as.guest.execute(accept, { id }))).toBe('CONFLICT');
    expect((await as.guest.execute(mine)).data.organizationInvitations.nodes).toEqual([]);
  });

  it('to an address says the same whether anybody has it', async () => {
    const { guest, as, inviting } = await scene();
    const answers = [];
    for (const email of [guest.email, 'nobody@example.org']) {
      const { data } = await as.owner.execute(invite, inviting({ email }));
      const { id: _id, email: _email, ...rest } = data.inviteToOrganization.invitation;
      answers.push({ ...rest, errors: data.inviteToOrganization.userErrors });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toEqual({ status: 'PENDING', user: null, organizationName: 'Casa', errors: [] });
  });

  it('waits once for each person, and is one invitation for a repeated call', async () => {
    const { guest, as, inviting } = await scene();
    const call = inviting({ userId: guest.publicId });
    const first = await as.owner.execute(invite, call);
    expect((await as.owner.execute(invite, call)).data).toEqual(first.data);
    const parallel = await Promise.all(
      [1, 2, 3, 4].map(() => as.owner.execute(invite, inviting({ email: 'x@example.org' }))),
    );
    expect(parallel.map(outcome).sort()).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT', 'done']);
  });

  it.each([
    [
      'declined',
      async (s: Awaited<ReturnType<typeof scene>>, id: string) => s.as.guest.execute(decline, { id }),
    ],
    [
      'revoked',
      async (s: Awaited<ReturnType<typeof scene>>, id: string) => s.as.owner.execute(revoke, { id }),
    ],
    ['expired', async () => users.clock.advance(15 * dayMs)],
  ])('that was %s is accepted by nobody, and another one can be sent', async (_how, settle) => {
    const s = await scene();
    const id = await s.invited();
    await settle(s, id);
    expect(outcome(await s.as.guest.execute(accept, { id }))).toBe('CONFLICT');
    expect(await users.db.organizationMember.count({ where: { userId: s.guest.id } })).toBe(0);
    await users.run(mailOrganizationInvitation, { invitationId: invitationIds.decode(id) });
    expect(users.mails.filter(({ to }) => to === s.guest.email)).toEqual([]);
    expect(outcome(await s.as.guest.execute(accept, { id: await s.invited() }))).toBe('done');
  });

  it('is nobody else’s: a stranger finds nothing to answer or to revoke', async () => {
    const s = await scene();
    const [stranger, id] = [users.as((await users.given.person()).viewer), await s.invited()];
    for (const command of [accept, decline, revoke])
      expect(outcome(await stranger.execute(command, { id }))).toBe('NOT_FOUND');
    expect(outcome(await s.as.guest.execute(accept, { id }))).toBe('done');
  });

  it('fills no mailbox: however often a person is invited and revoked, a few mails come in a day', async () => {
    const s = await scene();
    for (let count = 0; count < 7; count++) {
      const id = await s.invited();
      await users.run(mailOrganizationInvitation, { invitationId: invitationIds.decode(id) });
      await s.as.owner.execute(revoke, { id });
    }
    expect(users.mails.filter(({ to }) => to === s.guest.email)).toHaveLength(5);
  });

  it('is sent 100 times a day by one person, in whichever organizations', async () => {
    const { owner, organization, as, inviting } = await scene();
    const second = await users.given.organization(owner);
    const answers = [];
    for (let count = 0; count < 101; count++) {
      const organizationId = count % 2 ? second.publicId : organization.publicId;
      const call = inviting({ organizationId, email: `someone-${count}@example.org` });
      answers.push(outcome(await as.owner.execute(invite, call)));
    }
    expect(answers).toEqual([...Array<string>(100).fill('done'), 'RATE_LIMITED']);
    users.clock.advance(dayMs);
    const next = inviting({ email: 'next@example.org' });
    expect(outcome(await as.owner.execute(invite, next))).toBe('done');
  });

  it('brings the role it promised, if the inviter may still grant it when it is accepted', async () => {
    for (const isStillThere of [true, false]) {
      const { guest, organization, department, inviting, as } = await scene();
      const head = await users.given.person();
      const headship = await users.given.member(organization, head);
      const all = await users.given.role(organization, ['grants.manage', 'members.manage', 'customers.read']);
      const held = await users.given.grant(headship, organization.id, all);
      const role = await users.given.role(organization, ['customers.read']);
      const input = { userId: guest.publicId, grant: { roleId: role.publicId, nodeId: department.publicId } };
      const { data } = await users.as(head.viewer).execute(invite, inviting(input));
      const { id } = data.inviteToOrganization.invitation;
      if (!isStillThere) await users.db.organizationGrant.delete({ where: { id: held.id } });
      const accepted = await as.guest.execute(accept, { id });
      const { grants } = accepted.data.acceptOrganizationInvitation.member;
      expect(grants).toEqual(isStillThere ? [{ role: { id: role.publicId } }] : []);
    }
  });

  it('brings no role when the inviter is suspended by then', async () => {
    const { owner, guest, organization, department, as, invited } = await scene();
    const role = await users.given.role(organization, ['customers.read']);
    const grant = { roleId: role.publicId, nodeId: department.publicId };
    const id = await invited({ userId: guest.publicId, grant });
    await users.db.account.update({ where: { id: owner.id }, data: { suspendedAt: users.clock.now() } });
    const accepted = await as.guest.execute(accept, { id });
    expect(accepted.data.acceptOrganizationInvitation.member.grants).toEqual([]);
  });

  it('promises nothing that the inviter lacks', async () => {
    const { organization, department, inviting } = await scene();
    const head = await users.given.person();
    const managing = await users.given.role(organization, ['grants.manage', 'members.manage']);
    await users.given.grant(await users.given.member(organization, head), organization.id, managing);
    const role = await users.given.role(organization, ['customers.read']);
    const grant = { roleId: role.publicId, nodeId: department.publicId };
    const answer = await users.as(head.viewer).execute(invite, inviting({ email: 'a@example.org', grant }));
    expect(outcome(answer)).toBe('FORBIDDEN');
    expect(await users.db.organizationInvitation.count({ where: { organizationId: organization.id } })).toBe(
      0,
    );
  });

  it.each<[string, object, string]>([
    ['nobody', {}, 'INVALID_INPUT'],
    ['two at once', { userId: 'guest', email: 'a@example.org' }, 'INVALID_INPUT'],
    ['for too long', { userId: 'guest', expiresInDays: 61 }, 'INVALID_INPUT'],
    ['who is not there', { userId: 'usr_01h455vb4pex5vsknk084sn02q' }, 'NOT_FOUND'],
    ['who is a member', { userId: 'owner' }, 'CONFLICT'],
  ])('is refused for %s', async (_name, input, code) => {
    const { owner, guest, as, inviting } = await scene();
    const people: Record<string, string> = { owner: owner.publicId, guest: guest.publicId };
    const named = Object.fromEntries(
      Object.entries(input).map(([k, v]) => [k, people[String(v)] ?? (v as unknown)]),
    );
    expect(outcome(await as.owner.execute(invite, inviting(named)))).toBe(code);
  });
});

describe('the last owner', () => {
  const twoOwners = async () => {
    const [one, two] = [await users.given.person(), await users.given.person()];
    const organization = await users.given.organization(one);
    await users.given.member(organization, two, { isOwner: true });
    const rows = await users.db.organizationMember.findMany({ where: { organizationId: organization.id } });
    const idOf = ({ id }: { id: string }) => memberIds.encode(rows.find(({ userId }) => userId === id)!.id);
    const owners = () =>
      users.db.organizationMember.count({ where: { organizationId: organization.id, isOwner: true } });
    return { one, two, organization, idOf, owners };
  };

  it('is not demoted, and does not leave, but may once there is another', async () => {
    const { one, two, idOf, owners } = await twoOwners();
    expect(outcome(await users.as(one.viewer).execute(memberCommand('demoteOwner'), { id: idOf(two) }))).toBe(
      'done',
    );
    for (const name of ['demoteOwner', 'removeOrganizationMember'])
      expect(outcome(await users.as(one.viewer).execute(memberCommand(name), { id: idOf(one) }))).toBe(
        'CONFLICT',
      );
    expect(await owners()).toBe(1);
    await users.as(one.viewer).execute(memberCommand('promoteToOwner'), { id: idOf(two) });
    const leaving = await users
      .as(one.viewer)
      .execute(memberCommand('removeOrganizationMember'), { id: idOf(one) });
    expect(outcome(leaving)).toBe('done');
    expect(await owners()).toBe(1);
  });

  it.each([
    ['demote each other', 'demoteOwner', 'other'],
    ['demote themselves', 'demoteOwner', 'self'],
    ['leave', 'removeOrganizationMember', 'self'],
  ])('remains when two %s at once', async (_name, command, whom) => {
    for (let round = 0; round < 5; round++) {
      const { one, two, idOf, owners } = await twoOwners();
      const [first, second] = whom === 'self' ? [one, two] : [two, one];
      const answers = await Promise.all([
        users.as(one.viewer).execute(memberCommand(command), { id: idOf(first) }),
        users.as(two.viewer).execute(memberCommand(command), { id: idOf(second) }),
      ]);
      expect(answers.map(outcome).filter((each) => each === 'done')).toHaveLength(1);
      expect(await owners()).toBe(1);
    }
  });

  it('would not remain if both were looked at before either went', async () => {
    const { one, two, organization, owners } = await twoOwners();
    const counts = await Promise.all([one, two].map(() => owners()));
    for (const [index, count] of counts.entries())
      if (count > 1)
        await users.db.organizationMember.updateMany({
          where: { organizationId: organization.id, userId: [one, two][index]!.id },
          data: { isOwner: false },
        });
    expect(await owners()).toBe(0);
  });

  it('is known to whoever ends accounts: of two that end at once one is refused', async () => {
    const { one, two, organization, owners } = await twoOwners();
    const ending = [one, two].map((person) =>
      users.db.$transaction(async (tx) => {
        await assertNotLastOwner(tx, person.id);
        await tx.organizationMember.deleteMany({
          where: { organizationId: organization.id, userId: person.id },
        });
      }),
    );
    const settled = await Promise.allSettled(ending);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await owners()).toBe(1);
  });

  it('does not count among those whose account cannot be used', async () => {
    const { one, two, idOf } = await twoOwners();
    await users.db.account.update({ where: { id: two.id }, data: { emailVerifiedAt: null } });
    expect(outcome(await users.as(one.viewer).execute(memberCommand('demoteOwner'), { id: idOf(one) }))).toBe(
      'CONFLICT',
    );
  });
});

describe('a member', () => {
  it('who becomes an owner has no grants left, and may nothing when demoted', async () => {
    const { owner, guest, organization, department } = await scene();
    const member = await users.given.member(organization, guest);
    await users.given.grant(member, department.id, 'customers.read');
    const id = member.publicId;
    expect(outcome(await users.as(owner.viewer).execute(memberCommand('promoteToOwner'), { id }))).toBe(
      'done',
    );
    expect(outcome(await users.as(owner.viewer).execute(memberCommand('demoteOwner'), { id }))).toBe('done');
    const can = `{ can(action: "customers.read", nodeId: "${department.publicId}") }`;
    expect((await users.as(guest.viewer).execute(can)).data.can).toBe(false);
    expect(await users.db.organizationGrant.count({ where: { memberId: member.id } })).toBe(0);
  });

  it('who answers for all grants is removed by those only who do too', async () => {
    const { guest, organization } = await scene();
    const [director, manager] = [await users.given.person(), await users.given.person()];
    const directorship = await users.given.member(organization, director);
    await users.given.grant(directorship, organization.id, 'grants.manage');
    const management = await users.given.member(organization, manager);
    await users.given.grant(management, organization.id, 'members.manage');
    const clerk = await users.given.member(organization, guest);
    const remove = async (id: string) =>
      outcome(await users.as(manager.viewer).execute(memberCommand('removeOrganizationMember'), { id }));
    expect(await remove(directorship.publicId)).toBe('FORBIDDEN');
    expect(await remove(clerk.publicId)).toBe('done');
  });

  it('is forgotten with the account, with every membership and invitation', async () => {
    const { guest, organization, invited, owner } = await scene();
    await invited({ userId: guest.publicId });
    const { db, clock } = users;
    const members = createOrganizationMembers({ db, clock, audit: createAudit({ source: 'users', clock }) });
    const other = await users.given.organization(await users.given.person());
    const member = await users.given.member(other, guest);
    await users.given.grant(member, other.id, 'customers.read');
    await users.db.$transaction((tx) => members.forgetPerson(tx, guest.id));
    expect(await users.db.organizationMember.count({ where: { userId: guest.id } })).toBe(0);
    expect(await users.db.organizationInvitation.count({ where: { userId: guest.id } })).toBe(0);
    const forgetting = users.db.$transaction((tx) => members.forgetPerson(tx, owner.id));
    await expect(forgetting).rejects.toThrow('“Casa” would be without an owner');
    expect(await users.db.organizationMember.count({ where: { organizationId: organization.id } })).toBe(1);
  });
});
