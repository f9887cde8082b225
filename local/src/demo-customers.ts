import { run } from './actions.js';
import type { Client } from './client.js';

interface Made {
  readonly id: string;
}

const customers = [
  {
    ...{ name: 'Casa Bucovina', kind: 'COMPANY', status: 'ACTIVE', email: 'office@bucovina.example' },
    ...{ phone: '+493012345601', tags: ['restaurant', 'sponsor'] },
    address: { street: 'Kantstraße 12', postalCode: '10623', city: 'Berlin', countryCode: 'DE' },
  },
  {
    ...{ name: 'Editura Punte', kind: 'COMPANY', status: 'PROSPECT', email: 'salut@punte.example' },
    ...{ tags: ['books'], address: { city: 'Cluj-Napoca', countryCode: 'RO' } },
  },
  {
    ...{ name: 'Elena Marin', kind: 'PERSON', status: 'LEAD', email: 'elena@marin.example' },
    ...{ tags: ['press'], address: { city: 'Köln', countryCode: 'DE' } },
  },
  {
    ...{ name: 'Levant Catering', kind: 'COMPANY', status: 'INACTIVE', phone: '+494012345602' },
    ...{ tags: ['restaurant'], address: { city: 'Hamburg', countryCode: 'DE' } },
  },
];

/** An organization of `owner` with a department and its customers. May be repeated. */
export async function foundChamber(owner: Client): Promise<void> {
  const { organization } = await run<{ organization: Made & { root: Made } }>(
    owner,
    'createOrganization',
    { idempotencyKey: 'demo-organization', name: 'Danube Chamber of Commerce' },
    'organization { id root { id } }',
  );
  const place = { idempotencyKey: 'demo-department', parentId: organization.root.id, name: 'Partners' };
  const { node } = await run<{ node: Made }>(owner, 'addOrganizationNode', place, 'node { id }');
  const ids: string[] = [];
  for (const [index, customer] of customers.entries()) {
    const input = { idempotencyKey: `demo-customer-${index}`, departmentId: node.id, ...customer };
    const made = await run<{ customer: Made }>(owner, 'createCustomer', input, 'customer { id }');
    ids.push(made.customer.id);
  }
  const [first, second] = ids;
  await run(
    owner,
    'addCustomerNote',
    {
      idempotencyKey: 'demo-note',
      customerId: first,
      text: 'Sponsors the choir, prefers calls before noon.',
    },
    'note { id }',
  );
  await run(
    owner,
    'addCustomerTask',
    // One instant, so that a repeated call is the same call.
    {
      idempotencyKey: 'demo-task',
      customerId: second,
      title: 'Send the offer',
      dueAt: '2030-01-15T09:00:00.000Z',
    },
    'task { id }',
  );
}
