import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customerUploadIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { importManyCustomers } from './definition.js';
import { fileOf } from './testing/files.js';

const request = `mutation ($input: RequestCustomerUploadInput!) { requestCustomerUpload(input: $input) {
  upload { id url fields { name value } expiresAt } userErrors { code path message } } }`;
const job = `id status progress { done total unit } error { code message } importedCount faultCount isDryRun
  faults(first: 5) { nodes { row column message } }`;
const start = `mutation ($input: ImportCustomersInput!) { importCustomers(input: $input) { import { ${job} } userErrors { code path message } } }`;
const cancel = `mutation ($id: ID!) { cancelCustomerImport(input: { importId: $id }) { import { status } userErrors { code path } } }`;
const watch = `query ($id: ID!) { customerImport(id: $id) { ${job} department { name } } }`;

let users: Awaited<ReturnType<typeof givenUsers>>;
let keys = 0;
const key = () => `key-${++keys}`;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const errorsOf = ({ data }: { data: any }) => Object.values<any>(data)[0].userErrors;

async function scene() {
  const made = await users.given.office(users.given.person, ['customers.import']);
  const as = users.as(made.clerk.viewer);
  const departmentId = made.sales.publicId;
  /** As a browser would post it with the form. */
  const upload = async (content: string | Uint8Array) => {
    const { data } = await as.execute(request, { input: { departmentId, sizeBytes: 100 } });
    const { id, fields } = data.requestCustomerUpload.upload;
    const name = fields.find((field: { name: string }) => field.name === 'key').value;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    users.privateStore.objects.set(name, { bytes, contentType: 'text/csv' });
    return id as string;
  };
  const begin = async (uploadId: string, options: object = {}) =>
    as.execute(start, { input: { idempotencyKey: key(), uploadId, departmentId, ...options } });
  /** An import of a file from its beginning to its end. */
  const run = async (content: string | Uint8Array, options: object = {}) => {
    const { data } = await begin(await upload(content), options);
    await users.runAdded(importManyCustomers);
    const { id } = data.importCustomers.import;
    return (await as.execute(watch, { id })).data.customerImport;
  };
  const rows = () =>
    users.db.customer.findMany({ where: { organizationId: made.id }, orderBy: { nameKey: 'asc' } });
  const leftovers = () => users.db.customerImportRow.count({ where: { fault: null } });
  return { ...made, as, departmentId, upload, begin, run, rows, leftovers };
}

describe('an import', () => {
  it('adds the customers of a file, all at once, with their history', async () => {
    const { run, rows, id, sales, clerk, leftovers, departmentId } = await scene();
    const [day, choice] = [
      await users.given.customerField(id, 'DATE'),
      await users.given.customerField(id, 'CHOICE', ['a', 'b']),
    ];
    const done = await run(
      `\ufeffName;Kind;E-Mail;Phone;Postal code;City;Country;Tags;Owner;${day.name};${choice.name}\r\n` +
        `Ana Pop;person;Ana@Example.org;0040 (21) 123-4567;010101;București;ro;VIP, press;somebody;2026-03-01;b\r\n` +
        `\r\n"Müller; Söhne";COMPANY;;;;;;;;;`,
    );
    expect(done).toMatchObject({
      ...{ status: 'SUCCEEDED', importedCount: 2, faultCount: 0, error: null },
      ...{ progress: { done: 3, total: 3, unit: 'rows' }, department: { name: sales.name } },
    });
    expect(await rows()).toMatchObject([
      {
        ...{ name: 'Ana Pop', kind: 'PERSON', email: 'Ana@Example.org', emailKey: 'ana@example.org' },
        ...{ phone: '+40211234567', cityKey: 'bucuresti', countryCode: 'RO', tags: ['press', 'vip'] },
        ...{ custom: { [day.id]: '2026-03-01', [choice.id]: 'b' }, departmentId: sales.id, ownerId: null },
        ...{ createdById: clerk.id, status: 'LEAD', version: 1 },
      },
      { name: 'Müller; Söhne', kind: 'COMPANY', email: null, tags: [] },
    ]);
    const history = await users.db.customerActivity.findMany({ where: { customer: { organizationId: id } } });
    expect(history.map(({ kind, actorId }) => [kind, actorId])).toEqual(
      Array(2).fill(['IMPORTED', clerk.id]),
    );
    expect(await leftovers()).toBe(0);
    const lines = await auditLines(users.db, departmentId);
    expect(lines.map(({ action }) => action)).toEqual(['customers.importBegun', 'customers.imported']);
  });

  it.each([
    ['is suspended', () => ({ suspendedAt: users.clock.now() })],
    ['was erased', () => ({ erasedAt: users.clock.now(), emailVerifiedAt: null })],
  ])('adds nothing when whoever began it %s', async (_how, standing) => {
    const { upload, begin, as, clerk, rows, leftovers } = await scene();
    const { id } = (await begin(await upload('name\nAna'))).data.importCustomers.import;
    await users.db.account.update({ where: { id: clerk.id }, data: standing() });
    await users.runAdded(importManyCustomers);
    const ended = (await as.execute(watch, { id })).data.customerImport;
    expect(ended).toMatchObject({ status: 'FAILED', error: { code: 'FORBIDDEN' } });
    expect([await rows(), await leftovers()]).toEqual([[], 0]);
  });

  it('has 20 forms a day for the files of one person', async () => {
    const { as, departmentId } = await scene();
    const ask = async () => {
      const { data, codes } = await as.execute(request, { input: { departmentId, sizeBytes: 1 } });
      return codes[0] ?? data.requestCustomerUpload.userErrors[0]?.code ?? 'done';
    };
    const answers: string[] = [];
    while (answers.length < 21) answers.push(await ask());
    expect(answers).toEqual([...Array<string>(20).fill('done'), 'RATE_LIMITED']);
    users.clock.advance(86_400_000);
    expect(await ask()).toBe('done');
  });

  const faulty = [
    'name,email,phone,status,country,website',
    'Good,good@example.org,,,,',
    ',nobody@example.org,,,,',
    'Bad mail,nonsense,,,,',
    'Bad phone,,12,,,',
    'Bad status,,,HAPPY,,',
    'Bad site,,,,,javascript:alert(1)',
    'Long,,,,,,,too much',
  ].join('\n');

  it('adds nothing when rows have faults, and says what is wrong with each', async () => {
    const { run, rows, leftovers } = await scene();
    const done = await run(faulty);
    expect(done).toMatchObject({
      ...{ status: 'FAILED', importedCount: null, faultCount: 6 },
      error: { code: 'INVALID_INPUT', message: 'Rows with faults: 6. Nothing was added.' },
    });
    const message = expect.any(String);
    expect(done.faults.nodes).toEqual([
      { row: 3, column: 'name', message },
      { row: 4, column: 'email', message: 'must be an e-mail address' },
      { row: 5, column: 'phone', message },
      { row: 6, column: 'status', message },
      { row: 7, column: 'website', message: 'must be a web address' },
    ]);
    expect([await rows(), await leftovers()]).toEqual([[], 0]);
  });

  it('adds the rows without faults when the others shall be left out', async () => {
    const { run, rows } = await scene();
    const done = await run(faulty, { faultyRows: 'LEAVE_OUT' });
    expect(done).toMatchObject({ status: 'SUCCEEDED', importedCount: 1, faultCount: 6 });
    expect((await rows()).map(({ name }) => name)).toEqual(['Good']);
  });

  it('only looks for faults when it is a dry run', async () => {
    const { run, rows, leftovers } = await scene();
    const done = await run(faulty, { isDryRun: true, faultyRows: 'LEAVE_OUT' });
    expect(done).toMatchObject({ status: 'SUCCEEDED', importedCount: 0, faultCount: 6, isDryRun: true });
    expect([await rows(), await leftovers()]).toEqual([[], 0]);
  });

  it('takes an address twice for a fault, of a row as of a customer of the department, unless it is allowed', async () => {
    const { run, rows, sales, other } = await scene();
    await users.given.customer(sales.id, { name: 'Known', email: 'known@example.org' });
    await users.given.customer(other.id, { name: 'Hidden', email: 'hidden@example.org' });
    const file =
      'name,email\nA,KNOWN@example.org\nB,hidden@example.org\nC,c@example.org\nD,C@example.org\nE,\nF,';
    const done = await run(file, { faultyRows: 'LEAVE_OUT' });
    expect(done.faults.nodes).toEqual([
      { row: 2, column: 'email', message: 'A customer of the department has this address.' },
      { row: 5, column: 'email', message: 'Row 4 has the same address.' },
    ]);
    expect((await rows()).map(({ name }) => name)).toEqual(['B', 'C', 'E', 'F', 'Hidden', 'Known']);
    expect(await run(file, { allowDuplicates: true })).toMatchObject({ importedCount: 6, faultCount: 0 });
  });

  it.each([
    ['no text', new Uint8Array([0x6e, 0xff, 0xfe]), 'The file is not text in UTF-8.'],
    ['nothing in it', '', 'The file is empty.'],
    ['no column of names', 'email\na@example.org', 'The file has no column “name”.'],
    [
      'a column nobody knows',
      'name,shoe size\nA,1',
      'No customer has a “shoe size”: rename the column or leave it out.',
    ],
    ['a column twice', 'name,email,E-Mail\nA,,', 'The column “E-Mail” is there twice.'],
    [
      'an open quotation mark',
      'name\n"A',
      'The file cannot be read at line 2: a quotation mark is missing or one too many.',
    ],
  ])('fails for a file with %s, and says so', async (_name, content, message) => {
    const { run } = await scene();
    expect((await run(content)).error).toEqual({ code: 'INVALID_INPUT', message });
  });

  it('begins once for a repeated call, one at a time in a department, with a file of one’s own', async () => {
    const { begin, upload, as, departmentId, other, owner } = await scene();
    const uploadId = await upload('name\nA');
    const input = { idempotencyKey: key(), uploadId, departmentId };
    const first = await as.execute(start, { input });
    expect(first.data.importCustomers.import).toMatchObject({ status: 'QUEUED', faultCount: 0 });
    expect((await as.execute(start, { input })).data).toEqual(first.data);
    expect(errorsOf(await begin(uploadId))).toMatchObject([{ code: 'CONFLICT' }]);
    const stolen = { idempotencyKey: key(), uploadId, departmentId: other.publicId };
    expect(errorsOf(await users.as(owner.viewer).execute(start, { input: stolen }))).toMatchObject([
      { code: 'NOT_FOUND', path: ['uploadId'] },
    ]);
    const missing = customerUploadIds.encode(customerUploadIds.create());
    expect(errorsOf(await begin(missing))).toMatchObject([{ code: 'NOT_FOUND', path: ['uploadId'] }]);
    const { id } = first.data.importCustomers.import;
    expect((await users.as(owner.viewer).execute(watch, { id })).data.customerImport).toBeNull();
    await users.runAdded(importManyCustomers);
  });

  it('adds nothing once it is cancelled', async () => {
    const { begin, upload, as, rows, leftovers } = await scene();
    const { id } = (await begin(await upload('name\nA'))).data.importCustomers.import;
    expect((await as.execute(cancel, { id })).data.cancelCustomerImport.import.status).toBe('CANCELLED');
    await users.runAdded(importManyCustomers);
    expect([await rows(), await leftovers()]).toEqual([[], 0]);
    expect(errorsOf(await as.execute(cancel, { id }))).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('adds nothing when the right to it ended meanwhile', async () => {
    const { begin, upload, as, rows, membership } = await scene();
    const { id } = (await begin(await upload('name\nA'))).data.importCustomers.import;
    await users.db.organizationGrant.deleteMany({ where: { memberId: membership.id } });
    await users.db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid()`;
    await users.runAdded(importManyCustomers);
    expect((await as.execute(watch, { id })).data.customerImport).toMatchObject({
      ...{ status: 'FAILED', error: { code: 'FORBIDDEN' } },
    });
    expect(await rows()).toEqual([]);
  });

  it('reads a thousand rows as one', async () => {
    const { run, rows } = await scene();
    expect(await run(fileOf(1_500))).toMatchObject({ importedCount: 1_500, progress: { done: 1_500 } });
    expect(await rows()).toHaveLength(1_500);
  });

  it('is for files of up to ten megabytes', async () => {
    const { as, departmentId } = await scene();
    const answer = await as.execute(request, { input: { departmentId, sizeBytes: 10_000_001 } });
    expect(errorsOf(answer)).toMatchObject([{ code: 'INVALID_INPUT', path: ['sizeBytes'] }]);
  });
});
