import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { Form, TestStore } from './testing.js';
import {
  accessKeyId,
  bucket,
  codeOf,
  origin,
  postForm,
  presignImage,
  secretAccessKey,
  startTestStore,
} from './testing.js';

const content = 'x'.repeat(100);
let store: TestStore;
let now: Date | undefined;

beforeAll(async () => {
  store = await startTestStore({ clock: () => now ?? new Date() });
});

afterEach(async () => {
  now = undefined;
  const { Contents = [] } = await store.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  for (const { Key } of Contents) await store.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
});

afterAll(() => store.stop());

type Policy = { expiration: string; conditions: unknown[] };

function withPolicy(form: Form, change: (policy: Policy) => void): Form {
  const policy = JSON.parse(Buffer.from(form.fields.Policy ?? '', 'base64').toString('utf8')) as Policy;
  change(policy);
  const encoded = Buffer.from(JSON.stringify(policy)).toString('base64');
  return { ...form, fields: { ...form.fields, Policy: encoded } };
}

/** Signs a policy by hand, as a server with the secret could, to reach what createPresignedPost never writes. */
function resign(form: Form): Form {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const day = (form.fields['X-Amz-Date'] ?? '').slice(0, 8);
  const key = ['us-east-1', 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day));
  const signature = hmac(key, form.fields.Policy ?? '').toString('hex');
  return { ...form, fields: { ...form.fields, 'X-Amz-Signature': signature } };
}

describe('a presigned upload form', () => {
  it('stores the file under the key, with its type', async () => {
    const response = await postForm(await presignImage(store.client), content);
    const { Body, ContentType } = await store.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: 'uploads/cat.png' }),
    );

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(ContentType).toBe('image/png');
    expect(await Body?.transformToString()).toBe(content);
  });

  it('answers 201 with the place when asked to', async () => {
    const form = await presignImage(store.client, {
      Fields: { 'Content-Type': 'image/png', success_action_status: '201', 'x-amz-meta-owner': 'usr_1' },
    });
    const response = await postForm(form, content);
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'uploads/cat.png' }));

    expect(response.status).toBe(201);
    expect(await response.text()).toContain(`<Location>${store.url}/media/uploads/cat.png</Location>`);
    expect(head.Metadata).toEqual({ owner: 'usr_1' });
  });

  it('accepts sizes at both ends of the range', async () => {
    const smallest = await postForm(await presignImage(store.client), 'x'.repeat(10));
    const largest = await postForm(await presignImage(store.client), 'x'.repeat(1000));

    expect([smallest.status, largest.status]).toEqual([204, 204]);
  });

  it('puts the name of the file where the key says ${filename}', async () => {
    const form = await presignImage(store.client, { Key: 'uploads/${filename}' });
    const response = await postForm(form, content, 'größe $& 猫.png');
    const head = await store.client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: 'uploads/größe $& 猫.png' }),
    );

    expect(response.status).toBe(204);
    expect(head.ContentLength).toBe(100);
  });

  it('keeps a key that only looks encoded as it is', async () => {
    const form = await presignImage(store.client, { Key: '%2e%2e/%2e%2e/x' });
    const response = await postForm(form, content);
    const { Contents } = await store.client.send(new ListObjectsV2Command({ Bucket: bucket }));

    expect(response.status).toBe(204);
    expect(Contents?.map(({ Key }) => Key)).toEqual(['%2e%2e/%2e%2e/x']);
  });
});

describe('a refused upload form stores nothing', () => {
  const plain = () => presignImage(store.client) as Promise<Form>;
  const set = async (fields: Record<string, string>) => {
    const form = await plain();
    return { ...form, fields: { ...form.fields, ...fields } };
  };
  const without = async (name: string) => {
    const form = await plain();
    return {
      ...form,
      fields: Object.fromEntries(Object.entries(form.fields).filter(([each]) => each !== name)),
    };
  };
  const strangerForm = (accessKey: string, secret: string) =>
    presignImage(store.clientWith({ accessKeyId: accessKey, secretAccessKey: secret })) as Promise<Form>;
  const resigned = async (change: (policy: Policy) => void) => resign(withPolicy(await plain(), change));

  it.each<[string, () => Promise<Form>, string, string?]>([
    [
      'an expired policy',
      async () => {
        const form = await plain();
        now = new Date(Date.now() + 61_000);
        return form;
      },
      'AccessDenied',
    ],
    [
      'a tampered policy',
      async () => withPolicy(await plain(), (policy) => (policy.expiration = '2099-01-01T00:00:00Z')),
      'SignatureDoesNotMatch',
    ],
    ['a tampered key', () => set({ key: 'uploads/dog.png' }), 'AccessDenied'],
    ['a wrong type', () => set({ 'Content-Type': 'text/html' }), 'AccessDenied'],
    [
      'a list of types of which one is wrong',
      () => set({ 'Content-Type': 'image/png, text/html' }),
      'AccessDenied',
    ],
    ['no type', () => without('Content-Type'), 'AccessDenied'],
    ['a file too big', plain, 'EntityTooLarge', 'x'.repeat(1001)],
    ['a file far too big', plain, 'EntityTooLarge', 'x'.repeat(5_000_000)],
    ['a file too small', plain, 'EntityTooSmall', 'x'.repeat(9)],
    ['an extra field', () => set({ 'x-amz-meta-admin': 'yes' }), 'AccessDenied'],
    [
      'an extra field named like a prototype',
      () => set({ __proto__x: 'yes', constructor: 'x' }),
      'AccessDenied',
    ],
    ['a wrong signature', () => set({ 'X-Amz-Signature': '0'.repeat(64) }), 'SignatureDoesNotMatch'],
    ['no signature', () => without('X-Amz-Signature'), 'SignatureDoesNotMatch'],
    ['no policy', () => without('Policy'), 'AccessDenied'],
    ['a wrong access key', () => strangerForm('stranger', secretAccessKey), 'InvalidAccessKeyId'],
    ['a wrong secret', () => strangerForm(accessKeyId, 'guess'), 'SignatureDoesNotMatch'],
    ['another bucket in the form', () => set({ bucket: 'other' }), 'AccessDenied'],
    [
      'another bucket in the URL',
      async () => ({ ...(await plain()), url: `${store.url}/other` }),
      'AccessDenied',
    ],
    [
      'a condition of an unknown kind',
      () => resigned((policy) => policy.conditions.push(['ends-with', '$key', '.png'])),
      'InvalidPolicyDocument',
    ],
    [
      'a policy for no bucket',
      () =>
        resigned(
          (policy) =>
            (policy.conditions = policy.conditions.filter(
              (each) => !Object.hasOwn(each as object, 'bucket'),
            )),
        ),
      'AccessDenied',
    ],
    [
      'a policy that never ends',
      () => resigned((policy) => Object.assign(policy, { expiration: undefined })),
      'InvalidPolicyDocument',
    ],
    ['a key above the bucket', () => presignImage(store.client, { Key: '../../x' }), 'InvalidArgument'],
    ['a key that climbs', () => presignImage(store.client, { Key: 'a/../../b' }), 'InvalidArgument'],
    [
      'a key with backslashes that climbs',
      () => presignImage(store.client, { Key: 'a\\..\\b' }),
      'InvalidArgument',
    ],
    ['a key that is too long', () => presignImage(store.client, { Key: 'ä'.repeat(513) }), 'KeyTooLongError'],
    [
      'an empty key',
      () =>
        resigned((policy) => policy.conditions.push({ key: '' })).then((form) => ({
          ...form,
          fields: { ...form.fields, key: '' },
        })),
      'AccessDenied',
    ],
  ])('%s', async (_name, makeForm, code, body = content) => {
    const response = await postForm(await makeForm(), body);

    expect(codeOf(await response.text())).toBe(code);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await store.files()).toEqual([]);
    expect(store.faults).toEqual([]);
  });

  it('a field given twice', async () => {
    const form = await plain();
    const body = new FormData();
    body.append('key', 'uploads/dog.png');
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append('file', new Blob([content]));
    const response = await fetch(form.url, { method: 'POST', body });

    expect(codeOf(await response.text())).toBe('InvalidArgument');
    expect(await store.files()).toEqual([]);
  });

  it('a form without a file', async () => {
    const { url, fields } = await plain();
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const response = await fetch(url, { method: 'POST', body });

    expect(codeOf(await response.text())).toBe('InvalidArgument');
  });

  it('a form that is not one', async () => {
    const headers = { 'content-type': 'multipart/form-data' };
    const response = await fetch(`${store.url}/media`, { method: 'POST', body: 'nonsense', headers });

    expect(codeOf(await response.text())).toBe('MalformedPOSTRequest');
  });

  it('a client that breaks off in the middle of the file', async () => {
    const { fields } = await plain();
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const file =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="cat.png"\r\n\r\nabcdefghijklmnop';
    const head = ['POST /media HTTP/1.1', 'Host: x', 'Content-Type: multipart/form-data; boundary=b'];
    const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${[...head, 'Content-Length: 5000'].join('\r\n')}\r\n\r\n${parts.join('')}${file}`);
    await until(async () => (await store.files()).length === 1);
    socket.destroy();
    await until(async () => (await store.files()).length === 0);

    expect(store.faults).toEqual([]);
  });
});

/** Looks at the folder again on each turn of the event loop; the test's time limit ends a wait in vain. */
async function until(isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) await new Promise((resolve) => setImmediate(resolve));
}
