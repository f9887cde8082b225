import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { customerExportIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { exportManyCustomers } from './definition.js';

const job = `id status progress { done total } error { code } downloadUrl`;
const start = `mutation ($input: ExportCustomersInput!) { exportCustomers(input: $input) { export { ${job} } userErrors { code path } } }`;
const cancel = `mutation ($id: ID!) { cancelCustomerExport(input: { exportId: $id }) { export { status } userErrors { code } } }`;
const watch = `query ($id: ID!) { customerExport(id: $id) { ${job} } }`;
const upload = `mutation ($input: RequestCustomerUploadInput!) { requestCustomerUpload(input: $input) { upload { id fields { name value } } userErrors { code } } }`;
const importAgain = `mutation ($input: ImportCustomersInput!) { importCustomers(input: $input) { import { id } userErrors { code } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

async function scene() {
  const made = await users.given.office(users.given.person, ['customers.export', 'customers.import']);
  const as = users.as(made.clerk.viewer);
  const begin = (input: object = {}) =>
    as.execute(start, { input: { idempotencyKey: key(), organizationId: made.publicId, ...input } });
  const see = async (id: string) => (await as.execute(watch, { id })).data.customerExport;
  const run = async (input: object = {}) => {
    const { id } = (await begin(input)).data.exportCustomers.export;
    await users.runAdded(exportManyCustomers);
    return see(id);
  };
  const fileAt = (url: string) => {
    const name = new URL(url).pathname.slice(1);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(users.privateStore.objects.get(name)!.bytes);
  };
  return { ...made, as, begin, see, run, fileAt };
}

describe('an export', () => {
  it('has those that fit of the departments where the viewer may export, a customer a line', async () => {
    const { run, fileAt, sales, other, id, publicId, clerk } = await scene();
    const field = await users.given.customerField(id, 'BOOLEAN');
    await users.given.customer(sales.id, {
      name: 'Ana "A" Pop',
      tags: ['press', 'vip'],
      ownerId: clerk.id,
      custom: { [field.id]: true },
    });
    await users.given.customer(sales.id, { name: 'Gone', removedAt: new Date() });
    await users.given.customer(sales.id, { name: 'Lead', status: 'LEAD', tags: [] });
    await users.given.customer(other.id, { name: 'Hidden', tags: ['press'] });
    const done = await run({ filter: { tags: ['press'] } });
    expect(done).toMatchObject({ status: 'SUCCEEDED', progress: { done: 1, total: 1 }, error: null });
    expect(done.downloadUrl).toContain('fileName=customers-');
    const [head, line, ...rest] = fileAt(done.downloadUrl).split('\r\n');
    expect(head).toBe(
      `\ufeffid,name,kind,status,email,phone,website,street,postal code,city,country,tags,department,owner,created,updated,${field.name}`,
    );
    expect(line).toContain(
      `"Ana ""A"" Pop",COMPANY,LEAD,,,,,,,,press; vip,${sales.publicId},${clerk.publicId},`,
    );
    expect(line?.endsWith(',yes')).toBe(true);
    expect(rest).toEqual(['']);
    const filter = { conditions: ['tags'], values: {}, customFieldIds: [] };
    expect(await auditLines(users.db, publicId)).toMatchObject([
      { action: 'customers.exported', after: { filter } },
    ]);
  });

  it('lets no spreadsheet calculate what a customer is called, and comes back as it was', async () => {
    const { run, fileAt, sales, as, id } = await scene();
    const departmentId = sales.publicId;
    const names = ['=HYPERLINK("http://evil.example")', '+1', '-1+1', '@SUM(A1)', "'quoted"];
    for (const name of names) await users.given.customer(sales.id, { name, phone: '+40211234567' });
    const done = await run();
    const file = fileAt(done.downloadUrl);
    for (const cell of file.split(/,|\r\n/)) expect(cell).not.toMatch(/^"?[=+\-@\t\r]/);
    const { data } = await as.execute(upload, { input: { departmentId, sizeBytes: 1 } });
    const { id: uploadId, fields } = data.requestCustomerUpload.upload;
    const place = fields.find((field: { name: string }) => field.name === 'key').value;
    users.privateStore.objects.set(place, { bytes: new TextEncoder().encode(file), contentType: 'text/csv' });
    await as.execute(importAgain, { input: { idempotencyKey: key(), uploadId, departmentId } });
    await users.runAdded({ name: 'importManyCustomers' });
    const rows = await users.db.customer.findMany({ where: { organizationId: id } });
    expect(rows.map(({ name }) => name).sort()).toEqual([...names, ...names].sort());
    expect(new Set(rows.map(({ phone }) => phone))).toEqual(new Set(['+40211234567']));
  });

  it('is written page by page', async () => {
    const { run, fileAt, sales, id } = await scene();
    await users.db.$executeRaw`
      INSERT INTO customers (id, organization_id, department_id, kind, name, name_key, search_text, created_at,
        created_by_id, updated_at)
      SELECT gen_random_uuid(), ${id}::uuid, ${sales.id}::uuid, 'PERSON', 'N' || n, 'n', 'n', now(),
        gen_random_uuid(), now() FROM generate_series(1, 2500) AS n`;
    const done = await run();
    expect(done.progress).toEqual({ done: 2_500, total: 2_500 });
    expect(new Set(fileAt(done.downloadUrl).split('\r\n')).size).toBe(2_502);
  });

  it('is there for a week, and for those who may still export', async () => {
    const { run, see, membership, id: organizationId } = await scene();
    const { id } = await run();
    const file = [...users.privateStore.objects.keys()].find((name) => name.startsWith('customer-exports/'));
    expect(file).toBeDefined();
    await users.given.grant(membership, organizationId, 'customers.export', 'DENY');
    expect((await see(id)).downloadUrl).toBeNull();
    await users.db.organizationGrant.deleteMany({ where: { memberId: membership.id, effect: 'DENY' } });
    await users.db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid()`;
    expect((await see(id)).downloadUrl).not.toBeNull();
    users.clock.advance(7 * 86_400_000);
    expect((await see(id)).downloadUrl).toBeNull();
    await users.runAdded({ name: 'removeCustomerExport' });
    expect(
      [...users.privateStore.objects.keys()].filter((name) => name.startsWith('customer-exports/')),
    ).toEqual([]);
  });

  it('is taken away by whoever still reaches all that it has, not some of it', async () => {
    const { run, see, membership, sales, other } = await scene();
    for (const { id } of [sales, other]) await users.given.customer(id);
    await users.given.grant(membership, other.id, 'customers.export');
    const done = await run();
    expect(done).toMatchObject({ progress: { done: 2 }, downloadUrl: expect.any(String) });
    await users.db.organizationGrant.deleteMany({ where: { memberId: membership.id, nodeId: other.id } });
    await users.db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid()`;
    expect((await see(done.id)).downloadUrl).toBeNull();
  });

  it.each([
    ['is suspended', () => ({ suspendedAt: users.clock.now() })],
    ['was erased', () => ({ erasedAt: users.clock.now(), emailVerifiedAt: null })],
  ])('ends without a file when whoever began it %s', async (_how, standing) => {
    const { begin, see, clerk, sales } = await scene();
    await users.given.customer(sales.id);
    const { id } = (await begin()).data.exportCustomers.export;
    await users.db.account.update({ where: { id: clerk.id }, data: standing() });
    await users.runAdded(exportManyCustomers);
    expect(await see(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'FORBIDDEN' },
      downloadUrl: null,
    });
    expect(users.privateStore.objects.has(`customer-exports/${customerExportIds.decode(id)}.csv`)).toBe(
      false,
    );
  });

  it('is for those who may, one at a time, and for nobody else to see', async () => {
    const { begin, as, owner, publicId, id: organizationId } = await scene();
    const input = { idempotencyKey: key() };
    const first = await begin(input);
    expect((await begin(input)).data).toEqual(first.data);
    expect(errorsOf(await begin())).toMatchObject([{ code: 'CONFLICT' }]);
    const { id } = first.data.exportCustomers.export;
    expect((await users.as(owner.viewer).execute(watch, { id })).data.customerExport).toBeNull();
    expect((await as.execute(cancel, { id })).data.cancelCustomerExport.export.status).toBe('CANCELLED');
    await users.runAdded(exportManyCustomers);
    const stranger = await users.given.person();
    const attempt = { input: { idempotencyKey: key(), organizationId: publicId } };
    expect(errorsOf(await users.as(stranger.viewer).execute(start, attempt))).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    const member = await users.given.person();
    await users.given.member({ id: organizationId }, member);
    expect((await users.as(member.viewer).execute(start, attempt)).codes).toEqual(['FORBIDDEN']);
  });
});
