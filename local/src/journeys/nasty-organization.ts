import { uploadCustomers } from '../actions.js';
import { run } from '../actions.js';
import type { Client } from '../client.js';

interface Made {
  readonly id: string;
}

/** An organization of the owner with a department, a role and a member who is no owner, by the types of what is in it. */
export async function makeOrganization(
  owner: Client,
  { member, memberId }: { member: Client; memberId: string },
): Promise<Record<string, string>> {
  const { organization } = await run<{ organization: Made & { root: Made } }>(
    owner,
    'createOrganization',
    { idempotencyKey: 'organization', name: 'Harvest Society' },
    'organization { id root { id } }',
  );
  const organizationId = organization.id;
  const { node } = await run<{ node: Made }>(
    owner,
    'addOrganizationNode',
    { idempotencyKey: 'department', parentId: organization.root.id, name: 'Music' },
    'node { id }',
  );
  const { role } = await run<{ role: Made }>(
    owner,
    'createOrganizationRole',
    { idempotencyKey: 'role', organizationId, name: 'Reader', actions: ['customers.read'] },
    'role { id }',
  );
  const { invitation } = await run<{ invitation: Made }>(
    owner,
    'inviteToOrganization',
    { idempotencyKey: 'invitation', organizationId, userId: memberId },
    'invitation { id }',
  );
  const document = `mutation ($input: OrganizationInvitationInput!) {
    acceptOrganizationInvitation(input: $input) { member { id } userErrors { message } } }`;
  const joined = await member.must(document, { input: { invitationId: invitation.id } });
  const memberIdThere = joined.acceptOrganizationInvitation.member.id as string;
  const { grant } = await run<{ grant: Made }>(
    owner,
    'grantPermission',
    {
      idempotencyKey: 'grant',
      memberId: memberIdThere,
      nodeId: node.id,
      effect: 'ALLOW',
      action: 'customers.read',
    },
    'grant { id }',
  );
  const customer = async (name: string) => {
    const input = { idempotencyKey: name, departmentId: node.id, kind: 'COMPANY', name };
    return (await run<{ customer: Made }>(owner, 'createCustomer', input, 'customer { id }')).customer.id;
  };
  return {
    Customer: await customer('Orchard'),
    SpareCustomer: await customer('Orchard and Sons'),
    MergingCustomer: await customer('Vineyard'),
    MergedCustomer: await customer('Vineyard and Sons'),
    CustomerUpload: await uploadCustomers(owner, node.id, 'name\nWinery'),
    Organization: organizationId,
    OrganizationNode: node.id,
    OrganizationRole: role.id,
    OrganizationInvitation: invitation.id,
    OrganizationMember: memberIdThere,
    OrganizationGrant: grant.id,
  };
}
