import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs, exportPersonalData } from '@diaspora/kit';
import { strFromU8, unzipSync } from 'fflate';
import { assembleDataExport, forgetOutlived, mailAboutPrivacy } from '../jobs.js';
import { dataExportIds, erasureIds } from '../ids.js';
import { sources } from '../sources.js';
import { givenUsers, password } from '../testing/given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

let users: Users;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const exportFields = `id status progress { done total unit } sizeBytes downloadUrl error { code }
  parts { subgraph completedAt counts { name count } }`;
const requestDataExport = `mutation ($input: RequestDataExportInput!) {
  requestDataExport(input: $input) { dataExport { ${exportFields} } userErrors { code path } }
}`;
const cancelDataExport = `mutation ($input: CancelDataExportInput!) {
  cancelDataExport(input: $input) { dataExport { status downloadUrl } userErrors { code } }
}`;

const others = sources.filter((source) => source !== 'users');
const exportOf = async ({ viewer }: Person) => {
  const { data } = await users.as(viewer).execute(`{ dataExports { ${exportFields} } }`);
  return data.dataExports;
};
const askExport = async ({ viewer }: Person) => {
  const { data } = await users.as(viewer).execute(requestDataExport, { input: { password } });
  return data.requestDataExport;
};
const mailsTo = ({ email }: Pick<Person, 'email'>) =>
  users.mails.filter(({ to }) => to === email).map(({ subject }) => subject);

/** The answers of the other subgraphs, and this one's work. */
async function answerExport(publicId: string, from: readonly string[] = others) {
  const exportId = dataExportIds.decode(publicId);
  for (const source of from)
    await users.receive(source, 'privacy.exportPart', { exportId, counts: { things: 2 } });
}
describe('what is private', () => {
  const id = dataExportIds.encode(dataExportIds.create());
  const erasure = erasureIds.encode(erasureIds.create());
  const operations = [
    ['dataExport', `{ dataExport(id: "${id}") { id } }`],
    ['dataExports', '{ dataExports { id } }'],
    ['erasure', '{ erasure { id } }'],
    ['erasureStatus', `{ erasureStatus(id: "${erasure}") { id } }`],
    ['erasures', '{ erasures(first: 1) { nodes { id } } }'],
    [
      'requestDataExport',
      `mutation { requestDataExport(input: { password: "${password}" }) { userErrors { code } } }`,
    ],
    [
      'cancelDataExport',
      `mutation { cancelDataExport(input: { dataExportId: "${id}" }) { userErrors { code } } }`,
    ],
    [
      'requestErasure',
      `mutation { requestErasure(input: { password: "${password}" }) { userErrors { code } } }`,
    ],
    [
      'cancelErasure',
      `mutation { cancelErasure(input: { erasureId: "${erasure}" }) { userErrors { code } } }`,
    ],
  ] as const;

  it.each(operations)(
    '%s is for people who act as themselves, and leaves nothing otherwise',
    async (_name, operation) => {
      const { viewer } = await users.given.person();
      const counts = async () => [await users.db.dataExport.count(), await users.db.erasure.count()];
      const before = await counts();
      expect((await users.anonymous.execute(operation)).codes).toEqual(['UNAUTHENTICATED']);
      const impersonated = { ...viewer, impersonatorId: randomUUID() };
      const program = { ...viewer, kind: 'service' as const };
      for (const other of [impersonated, program])
        expect((await users.as(other).execute(operation)).codes).toEqual(['FORBIDDEN']);
      expect(await counts()).toEqual(before);
    },
  );
});

describe('a data export', () => {
  it('is asked for by the person with their password, and by nobody else', async () => {
    const person = await users.given.person();
    const wrong = await users.as(person.viewer).execute(requestDataExport, { input: { password: 'wrong' } });
    expect(wrong.data.requestDataExport).toEqual({
      dataExport: null,
      userErrors: [{ code: 'INVALID_CREDENTIALS', path: ['password'] }],
    });
    const impersonated = { ...person.viewer, impersonatorId: randomUUID() };
    expect((await users.as(impersonated).execute(requestDataExport, { input: { password } })).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect((await users.anonymous.execute(requestDataExport, { input: { password } })).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect(await users.db.dataExport.count({ where: { personId: person.id } })).toBe(0);
  });

  it('gathers the parts of all subgraphs into one archive, tells by mail, and goes after a week', async () => {
    const person = await users.given.person({ displayName: 'Sanda Marin' });
    const { dataExport } = await askExport(person);
    expect(dataExport).toMatchObject({
      status: 'RUNNING',
      progress: { done: 0, total: 6 },
      downloadUrl: null,
    });
    const [asked] = (await users.messages(person.publicId)).filter(
      ({ type }) => type === 'privacy.exportRequested',
    );
    expect(asked!.data).toMatchObject({ userId: person.publicId });
    await users.receive('users', 'privacy.exportRequested', asked!.data);
    await users.runAdded(exportPersonalData);
    const { folder, exportId } = asked!.data as { folder: string; exportId: string };
    await users.privateStore.put(`${folder}content/photo.png`, {
      body: Buffer.from('photo'),
      contentType: 'image/png',
    });
    await answerExport(dataExport.id, others.slice(1));
    expect((await exportOf(person))[0]).toMatchObject({ status: 'RUNNING', progress: { done: 4 } });
    await answerExport(dataExport.id, ['users', 'users', ...others]);
    await users.runAdded(assembleDataExport);
    await users.run(assembleDataExport, { exportId }); // Again, after a death: nothing happens.
    await users.runAdded(mailAboutPrivacy);

    const [ready] = await exportOf(person);
    expect(ready).toMatchObject({ status: 'SUCCEEDED', progress: { done: 6, total: 6 } });
    expect(ready.downloadUrl).toContain('archive.zip?seconds=300');
    const keys = [...users.privateStore.objects.keys()].filter((key) => key.includes(exportId));
    expect(keys).toEqual([`data-exports/${exportId}/archive.zip`]);
    const { bytes } = users.privateStore.objects.get(keys[0]!)!;
    expect(Number(ready.sizeBytes)).toBe(bytes.length);
    const files = unzipSync(bytes);
    expect(JSON.parse(strFromU8(files['users/profile.json']!))).toMatchObject([
      { displayName: 'Sanda Marin' },
    ]);
    expect(JSON.parse(strFromU8(files['users/account.json']!))[0]).not.toHaveProperty('passwordHash');
    expect(strFromU8(files['content/photo.png']!)).toBe('photo');
    expect(JSON.parse(strFromU8(files['manifest.json']!))).toMatchObject({ userId: person.publicId });
    expect(mailsTo(person)).toEqual(['Datele tale sunt gata']);

    const stranger = await users.given.person();
    const { data } = await users.as(stranger.viewer).execute(`{ dataExport(id: "${ready.id}") { id } }`);
    expect(data.dataExport).toBeNull();
    users.clock.advance(8 * dayMs);
    expect((await exportOf(person))[0]).toMatchObject({ downloadUrl: null });
    await users.run(forgetOutlived, {});
    expect([...users.privateStore.objects.keys()].filter((key) => key.includes(exportId))).toEqual([]);
  });

  it('is one, however often and at once it is asked for, and two a day at most', async () => {
    const person = await users.given.person();
    const asked = await Promise.all([askExport(person), askExport(person), askExport(person)]);
    expect(new Set(asked.map(({ dataExport }) => dataExport.id)).size).toBe(1);
    const cancel = async () => {
      const [{ id }] = await exportOf(person);
      await users.as(person.viewer).execute(cancelDataExport, { input: { dataExportId: id } });
    };
    await cancel();
    await askExport(person);
    await cancel();
    const third = await users.as(person.viewer).execute(requestDataExport, { input: { password } });
    expect(third.codes).toEqual(['RATE_LIMITED']);
    users.clock.advance(dayMs);
    expect((await askExport(person)).userErrors).toEqual([]);
  });

  it('that is cancelled stays so, whatever comes later, and leaves nothing in the store', async () => {
    const person = await users.given.person();
    const { dataExport } = await askExport(person);
    const exportId = dataExportIds.decode(dataExport.id);
    await answerExport(dataExport.id, sources);
    const stranger = await users.given.person();
    const input = { dataExportId: dataExport.id };
    const foreign = await users.as(stranger.viewer).execute(cancelDataExport, { input });
    expect(foreign.data.cancelDataExport.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const { data } = await users.as(person.viewer).execute(cancelDataExport, { input });
    expect(data.cancelDataExport.dataExport).toEqual({ status: 'CANCELLED', downloadUrl: null });
    await users.runAdded(assembleDataExport);
    expect([...users.privateStore.objects.keys()].filter((key) => key.includes(exportId))).toEqual([]);
    expect((await exportOf(person))[0]).toMatchObject({ status: 'CANCELLED' });
  });

  it('is given up when a subgraph does not answer in time', async () => {
    const person = await users.given.person();
    const { dataExport } = await askExport(person);
    await answerExport(dataExport.id);
    users.clock.advance(8 * dayMs);
    await answerExport(dataExport.id, ['users']);
    expect((await exportOf(person))[0]).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
  });
});
