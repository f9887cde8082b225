import { eventually, uploadCustomers, type Client } from '@diaspora/local';

/** An organization with customers, and who looks at them. */
export interface Clientele {
  readonly clerk: Client;
  readonly organizationId: string;
}

const customerCount = 2_000;
const cities = ['Berlin', 'Cluj-Napoca', 'Paris', 'Lisbon', 'Vienna'];

/** Words that some customers have in common, and some of them with nobody. */
export const customerWords = ['customer 7', 'cluj', 'm1999', 'vip', 'berlin 4'];

const row = (index: number): string =>
  `Customer ${index},m${index}@customers.example,${cities[index % cities.length]},${index % 9 === 0 ? 'vip' : 'press'}`;

async function run<Made>(client: Client, command: string, input: object, made: string): Promise<Made> {
  const type = `${command.charAt(0).toUpperCase()}${command.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${command}(input: $input) { made: ${made} userErrors { message } } }`;
  const data = (await client.must(document, { input })) as Record<string, { made: Made }>;
  return data[command]!.made;
}

/** Founds an organization and imports its customers from a file. */
export async function foundClientele(clerk: Client): Promise<Clientele> {
  const organization = await run<{ id: string; root: { id: string } }>(
    ...([
      clerk,
      'createOrganization',
      { idempotencyKey: 'bench', name: 'Bench' },
      'organization { id root { id } }',
    ] as const),
  );
  const place = { idempotencyKey: 'bench', parentId: organization.root.id, name: 'Sales' };
  const { id: departmentId } = await run<{ id: string }>(clerk, 'addOrganizationNode', place, 'node { id }');
  const file = ['name,email,city,tags', ...Array.from({ length: customerCount }, (_, index) => row(index))];
  const uploadId = await uploadCustomers(clerk, departmentId, file.join('\n'));
  const wanted = { idempotencyKey: 'bench', uploadId, departmentId };
  const { id } = await run<{ id: string }>(clerk, 'importCustomers', wanted, 'import { id }');
  await eventually(async () => {
    const { customerImport } = (await clerk.must(`{ customerImport(id: "${id}") { status } }`)) as {
      customerImport: { status: string };
    };
    return customerImport.status === 'SUCCEEDED' || undefined;
  }, 'the customers');
  return { clerk, organizationId: organization.id };
}
