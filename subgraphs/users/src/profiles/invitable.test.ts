import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { givenUsers } from '../testing/given.js';
import { peopleActions } from '../testing/people.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof peopleActions>;
beforeAll(async () => {
  users = await givenUsers();
  actions = peopleActions(users);
});
afterAll(() => users.stop());

const invite = `mutation ($input: InviteToOrganizationInput!) {
  inviteToOrganization(input: $input) { invitation { id } userErrors { code path } } }`;

it.each([
  ['EVERYONE', { friend: undefined, stranger: undefined, blocked: 'NOT_FOUND' }],
  ['CONNECTIONS', { friend: undefined, stranger: 'CONFLICT', blocked: 'NOT_FOUND' }],
  ['NOBODY', { friend: 'CONFLICT', stranger: 'CONFLICT', blocked: 'NOT_FOUND' }],
] as const)('whoever lets %s invite them is invited by nobody else', async (invitableBy, expected) => {
  const [ana, friend, stranger, blocked] = await Promise.all([1, 2, 3, 4].map(() => users.given.person()));
  await users.db.profile.update({ where: { accountId: ana!.id }, data: { invitableBy } });
  await actions.befriend(ana!, friend!);
  await actions.run(ana!.viewer, 'blockUser', blocked!.publicId);
  const refusalOf = async (owner: NonNullable<typeof ana>) => {
    const organization = await users.given.organization(owner);
    const input = { idempotencyKey: 'k', organizationId: organization.publicId, userId: ana!.publicId };
    const { data, codes } = await users.as(owner.viewer).execute(invite, { input });
    return codes[0] ?? data.inviteToOrganization.userErrors[0]?.code;
  };
  expect({
    friend: await refusalOf(friend!),
    stranger: await refusalOf(stranger!),
    blocked: await refusalOf(blocked!),
  }).toEqual(expected);
});
