import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customerUploadIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

/** `clerk` reads and writes in the customer's department, `neighbour` in another one; `denied` everywhere but there; `blind` may all but read. */
const everybody = [
  ...(['anonymous', 'service', 'super user', 'stranger', 'member', 'neighbour'] as const),
  ...(['denied', 'blind', 'reader', 'clerk', 'chief', 'owner'] as const),
] as const;
type Who = (typeof everybody)[number];

const all = [
  ...['customers.read', 'customers.write', 'customers.delete', 'customers.merge', 'customers.erase'],
  ...['customers.import', 'customers.export', 'customers.configure'],
];

async function scene() {
  const { given } = users;
  const { owner, sales, other, ...organization } = await given.office(given.person, []);
  const people: Partial<Record<Who, { viewer: Viewer }>> = { owner };
  const everything = await given.role(organization, all);
  type Held = [node: string, what: string | { id: string }, effect?: 'DENY'];
  const join = async (who: Who, ...held: Held[]) => {
    const person = await given.person();
    people[who] = person;
    const member = await given.member(organization, person);
    for (const [node, what, effect] of held) await given.grant(member, node, what, effect);
  };
  people.stranger = await given.person();
  await Promise.all([
    join('member'),
    join('neighbour', [other.id, everything]),
    join('denied', [organization.id, everything], [sales.id, everything, 'DENY']),
    join('blind', [sales.id, everything], [sales.id, 'customers.read', 'DENY']),
    join('reader', [sales.id, 'customers.read']),
    join('clerk', [sales.id, 'customers.read'], [sales.id, 'customers.write']),
    join('chief', [organization.id, everything]),
  ]);
  const customer = await given.customer(sales.id, { name: 'Ana' });
  const removed = await given.customer(sales.id, { removedAt: new Date() });
  const field = await given.customerField(organization.id, 'TEXT');
  const second = await given.customer(sales.id);
  const [note, task] = [await given.customerNote(customer, owner), await given.customerTask(customer)];
  const done = await given.customerTask(customer, { doneAt: new Date() });
  const away = await given.customer(sales.id, { removedAt: new Date(), mergedIntoId: customer.id });
  const merge = await given.customerMerge(customer, away, owner);
  const uploadId = customerUploadIds.create();
  for (const { viewer } of Object.values(people))
    users.privateStore.objects.set(`customer-imports/${viewer.id}/${uploadId}.csv`, {
      bytes: new TextEncoder().encode('name'),
      contentType: 'text/csv',
    });
  const as = (who: Who) => {
    if (who === 'anonymous') return users.as(null);
    if (who === 'service') return users.as(aViewer({ kind: 'service' }));
    if (who === 'super user') return users.as(aViewer({ roles: ['SUPER_USER'] }));
    return users.as(people[who]!.viewer);
  };
  const ids = {
    ...{ customer: customer.publicId, removed: removed.publicId, field: field.publicId },
    ...{ department: sales.publicId, organization: organization.publicId, second: second.publicId },
    ...{ note: note.publicId, task: task.publicId, done: done.publicId, merge: merge.publicId },
    upload: customerUploadIds.encode(uploadId),
  };
  return { organization, ids, as };
}
type Ids = Awaited<ReturnType<typeof scene>>['ids'];

const key = () => `idempotencyKey: "${crypto.randomUUID()}"`;
const chiefs: Who[] = ['chief', 'owner'];
const commands: Record<string, { input: (ids: Ids) => string; may: Who[] }> = {
  createCustomer: {
    input: ({ department }) => `${key()}, departmentId: "${department}", kind: PERSON, name: "New"`,
    may: ['blind', 'clerk', ...chiefs],
  },
  updateCustomer: {
    input: ({ customer }) => `customerId: "${customer}", expectedVersion: 1, name: "New"`,
    may: ['clerk', ...chiefs],
  },
  removeCustomer: { input: ({ customer }) => `customerId: "${customer}"`, may: chiefs },
  restoreCustomer: { input: ({ removed }) => `customerId: "${removed}"`, may: chiefs },
  eraseCustomer: { input: ({ customer }) => `customerId: "${customer}"`, may: chiefs },
  addCustomerNote: {
    input: ({ customer }) => `${key()}, customerId: "${customer}", text: "New"`,
    may: ['clerk', ...chiefs],
  },
  // The owner wrote it.
  updateCustomerNote: {
    input: ({ note }) => `noteId: "${note}", expectedVersion: 1, text: "New"`,
    may: ['owner'],
  },
  removeCustomerNote: { input: ({ note }) => `noteId: "${note}"`, may: chiefs },
  addCustomerTask: {
    input: ({ customer }) =>
      `${key()}, customerId: "${customer}", title: "New", dueAt: "2030-01-01T00:00:00.000Z"`,
    may: ['clerk', ...chiefs],
  },
  updateCustomerTask: {
    input: ({ task }) => `taskId: "${task}", expectedVersion: 1, title: "New"`,
    may: ['clerk', ...chiefs],
  },
  completeCustomerTask: { input: ({ task }) => `taskId: "${task}"`, may: ['clerk', ...chiefs] },
  reopenCustomerTask: { input: ({ done }) => `taskId: "${done}"`, may: ['clerk', ...chiefs] },
  removeCustomerTask: { input: ({ task }) => `taskId: "${task}"`, may: ['clerk', ...chiefs] },
  logCustomerActivity: {
    input: ({ customer }) => `${key()}, customerId: "${customer}", kind: CALL, summary: "New"`,
    may: ['clerk', ...chiefs],
  },
  mergeCustomers: {
    input: ({ customer, second }) =>
      `${key()}, survivorId: "${customer}", survivorVersion: 1, mergedId: "${second}", mergedVersion: 1`,
    may: chiefs,
  },
  undoCustomerMerge: { input: ({ merge }) => `mergeId: "${merge}"`, may: chiefs },
  // In which departments is decided with each step; whoever may in none is refused at once.
  changeCustomers: {
    input: ({ organization }) =>
      `${key()}, organizationId: "${organization}", filter: { kind: PERSON }, set: { status: LEAD }`,
    may: ['neighbour', 'denied', 'blind', 'clerk', ...chiefs],
  },
  removeCustomers: {
    input: ({ organization }) => `${key()}, organizationId: "${organization}", filter: { kind: PERSON }`,
    may: ['neighbour', 'denied', 'blind', ...chiefs],
  },
  exportCustomers: {
    input: ({ organization }) => `${key()}, organizationId: "${organization}"`,
    may: ['neighbour', 'denied', 'blind', ...chiefs],
  },
  requestCustomerUpload: {
    input: ({ department }) => `departmentId: "${department}", sizeBytes: 4`,
    may: ['blind', ...chiefs],
  },
  importCustomers: {
    input: ({ department, upload }) => `${key()}, departmentId: "${department}", uploadId: "${upload}"`,
    may: ['blind', ...chiefs],
  },
  createCustomerField: {
    input: ({ organization }) => `${key()}, organizationId: "${organization}", name: "New", type: TEXT`,
    may: ['denied', ...chiefs],
  },
  updateCustomerField: {
    input: ({ field }) => `fieldId: "${field}", expectedVersion: 1, name: "New"`,
    may: ['denied', ...chiefs],
  },
  removeCustomerField: { input: ({ field }) => `fieldId: "${field}"`, may: ['denied', ...chiefs] },
};

const readers: Who[] = ['reader', 'clerk', ...chiefs];

/** What is not about one customer. */
const ofOrganization = new Set([
  ...['createCustomer', 'changeCustomers', 'removeCustomers', 'exportCustomers', 'importCustomers'],
  ...['requestCustomerUpload', 'createCustomerField', 'updateCustomerField', 'removeCustomerField'],
]);

/** Of a customer those who may not read it are told that there is none, members of other things that they may not. */
function refusalOf(command: string, who: Who): string {
  if (who === 'anonymous') return 'UNAUTHENTICATED';
  if (who === 'service') return 'FORBIDDEN';
  const isMember = !['super user', 'stranger'].includes(who);
  if (!ofOrganization.has(command)) return readers.includes(who) ? 'FORBIDDEN' : 'NOT_FOUND';
  return isMember ? 'FORBIDDEN' : 'NOT_FOUND';
}

async function stateOf(organizationId: string): Promise<string> {
  const where = { organizationId };
  return JSON.stringify(
    await Promise.all([
      users.db.customer.findMany({ where, orderBy: { id: 'asc' } }),
      users.db.customerField.findMany({ where, orderBy: { id: 'asc' } }),
      users.db.customerActivity.findMany({ where: { customer: where }, orderBy: { id: 'asc' } }),
      users.db.customerNote.findMany({ where: { customer: where }, orderBy: { id: 'asc' } }),
      users.db.customerTask.findMany({ where, orderBy: { id: 'asc' } }),
      users.db.$queryRaw`SELECT count(*)::int AS count FROM kit.outbox`,
      users.db.$queryRaw`SELECT count(*)::int AS count FROM graphile_worker.jobs`,
    ]),
  );
}

describe('commands on customers', () => {
  it.each(Object.entries(commands))(
    '%s is open to those it is for, and to nobody else',
    async (command, { input, may }) => {
      let fresh = await scene();
      for (const who of everybody) {
        const { organization, ids, as } = fresh;
        const before = await stateOf(organization.id);
        const { data, codes } = await as(who).execute(
          `mutation { ${command}(input: { ${input(ids)} }) { userErrors { code } } }`,
        );
        const code = codes[0] ?? data[command].userErrors[0]?.code ?? 'done';
        const hasChanged = (await stateOf(organization.id)) !== before;
        const expected = may.includes(who) ? 'done' : refusalOf(command, who);
        expect({ who, code, hasChanged }).toEqual({ who, code: expected, hasChanged: expected === 'done' });
        if (hasChanged) fresh = await scene();
      }
    },
  );
});

describe('what is shown of customers', () => {
  const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { name address { city } owner { id } } } }`;
  const one = `query ($id: ID!) { customer(id: $id) { name } }`;
  const list = `query ($o: ID!) { customers(organizationId: $o, first: 5) { nodes { name } totalCount } }`;
  const removedList = `query ($o: ID!) { removedCustomers(organizationId: $o, first: 5) { nodes { id } } }`;

  it('is shown to those who may read it where it is, by every way', async () => {
    const { ids, as } = await scene();
    for (const who of everybody) {
      const r = [{ __typename: 'Customer', id: ids.customer }];
      const [byReference, byId, listed] = [
        await as(who).execute(entities, { r }),
        await as(who).execute(one, { id: ids.customer }),
        await as(who).execute(list, { o: ids.organization }),
      ];
      const seen = {
        byReference: byReference.data._entities[0]?.name ?? null,
        byId: byId.data?.customer?.name ?? null,
        listed: listed.data?.customers?.nodes.length ?? null,
        count: listed.data?.customers?.totalCount ?? null,
      };
      const isReader = readers.includes(who);
      const isMember = !['anonymous', 'service', 'super user', 'stranger'].includes(who);
      const count = isReader ? 2 : isMember ? 0 : null;
      const name = isReader ? 'Ana' : null;
      expect({ who, ...seen }).toEqual({ who, byReference: name, byId: name, listed: count, count });
    }
  });

  it('shows its notes, tasks and history with it', async () => {
    const { ids, as } = await scene();
    const inside = `query ($id: ID!, $o: ID!) { customer(id: $id) { notes(first: 5) { nodes { text author { id } } }
      tasks(first: 5) { nodes { title } } activities(first: 5) { nodes { kind } } merges { id } }
      customerTasks(organizationId: $o, first: 5) { nodes { title } } }`;
    for (const who of everybody) {
      const { data } = await as(who).execute(inside, { id: ids.customer, o: ids.organization });
      const isReader = readers.includes(who);
      const seen = [data?.customer?.notes.nodes.length ?? 0, data?.customerTasks?.nodes.length ?? 0];
      expect({ who, seen }).toEqual({ who, seen: isReader ? [1, 1] : [0, 0] });
    }
  });

  it('shows removed ones to those who may bring them back', async () => {
    const { ids, as } = await scene();
    const shown = async (who: Who) => {
      const { data } = await as(who).execute(one, { id: ids.removed });
      const listed = await as(who).execute(removedList, { o: ids.organization });
      return Boolean(data?.customer) && listed.data.removedCustomers.nodes.length === 1;
    };
    for (const who of everybody)
      expect({ who, is: await shown(who) }).toEqual({ who, is: chiefs.includes(who) });
  });

  it('ends with the grant', async () => {
    const { given } = users;
    const { clerk, membership, sales, publicId: o } = await given.office(given.person);
    await given.customer(sales.id);
    const seen = async () => (await users.as(clerk.viewer).execute(list, { o })).data.customers.nodes.length;
    expect(await seen()).toBe(1);
    await users.db.organizationGrant.deleteMany({ where: { memberId: membership.id } });
    await users.db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid()`;
    expect(await seen()).toBe(0);
  });
});
