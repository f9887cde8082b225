import { createHash } from 'node:crypto';
import type { ObjectStore, Viewer } from '@diaspora/kit';
import { aViewer, silentLog } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mediaIds } from '../ids.js';
import { config, givenContent, type Content } from '../testing/given.js';
import { createUploads } from './service.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

/** One transparent pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const html = Buffer.from('<html><script>alert(1)</script>'.padEnd(png.length));

const request = `mutation ($input: RequestUploadInput!) { requestUpload(input: $input) {
  upload { url fields { name value } expiresAt media { id status url } } userErrors { code path message } } }`;
const complete = `mutation ($id: ID!) { completeUpload(input: { mediaId: $id }) {
  media { id status rejection contentType sizeBytes fileName url } userErrors { code } } }`;

const asked = (overrides: object = {}) => ({
  idempotencyKey: crypto.randomUUID(),
  contentType: 'image/png',
  sizeBytes: png.length,
  fileName: 'pisică.png',
  ...overrides,
});

/** Asks for a form; posts the bytes with it when there are some. */
async function upload(viewer: Viewer, bytes?: Uint8Array) {
  const { data } = await content.as(viewer).execute(request, { input: asked() });
  const { media } = data.requestUpload.upload;
  const fields = data.requestUpload.upload.fields as { name: string; value: string }[];
  const form = { fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
  if (bytes) expect(content.storage.post(form, bytes)).toBe(204);
  return { id: media.id as string, form, key: form.fields['key']! };
}
interface Answer {
  media: { status: string; url: string | null } | null;
  userErrors: object[];
}
const completed = async (viewer: Viewer, id: string) =>
  (await content.as(viewer).execute(complete, { id })).data.completeUpload as Answer;

/** The service on its own, over a store that does some things differently. */
function uploadsOn(differences: Partial<ObjectStore>, publicUrl: string | null = null) {
  const { db, clock, storage } = content;
  const limits = { 'image/jpeg': 1, 'image/png': 1, 'image/gif': 1, 'image/webp': 1 };
  return createUploads({
    db,
    clock,
    storage: { ...storage, ...differences },
    log: silentLog,
    limits,
    uploadSeconds: 60,
    downloadSeconds: 60,
    publicUrl,
  });
}

describe('requestUpload', () => {
  it('answers a form for one key in quarantine, the declared type and the declared size', async () => {
    const viewer = aViewer();
    const { data } = await content.as(viewer).execute(request, { input: asked() });
    const { upload: form } = data.requestUpload;
    expect(form).toMatchObject({
      url: 'https://store.example/media',
      media: { status: 'PENDING', url: null },
    });
    const key = `quarantine/${mediaIds.decode(form.media.id as string)}`;
    expect(form.fields).toEqual(
      expect.arrayContaining([
        { name: 'key', value: key },
        { name: 'Content-Type', value: 'image/png' },
        { name: 'size', value: String(png.length) },
      ]),
    );
    expect(Date.parse(form.expiresAt as string)).toBe(
      content.clock.now().getTime() + config.UPLOAD_SECONDS * 1_000,
    );
  });

  it('answers the same file for the same key, until its form is dead', async () => {
    const viewer = aViewer();
    const input = asked();
    const calls = Array.from({ length: 4 }, () => content.as(viewer).execute(request, { input }));
    const ids = (await Promise.all(calls)).map(({ data }) => data.requestUpload.upload.media.id as string);
    expect(new Set(ids).size).toBe(1);
    const other = await content.as(viewer).execute(request, { input: { ...input, sizeBytes: 1 } });
    expect(other.data.requestUpload.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    content.clock.advance(config.UPLOAD_SECONDS * 1_000);
    const late = await content.as(viewer).execute(request, { input });
    expect(late.data.requestUpload.userErrors).toMatchObject([
      { code: 'CONFLICT', path: ['idempotencyKey'] },
    ]);
  });

  it('answers the file itself for the same key once it is there, also when its form is dead', async () => {
    const viewer = aViewer();
    const input = asked();
    const ask = async () => (await content.as(viewer).execute(request, { input })).data.requestUpload;
    const { media, fields } = (await ask()).upload;
    const form = { fields: Object.fromEntries(fields.map(({ name, value }: any) => [name, value])) };
    expect(content.storage.post(form, png)).toBe(204);
    await completed(viewer, media.id);
    content.clock.advance(config.UPLOAD_SECONDS * 1_000);
    expect(await ask()).toMatchObject({
      upload: { media: { id: media.id, status: 'READY' } },
      userErrors: [],
    });
  });

  it.each([
    ['a type that can run scripts', { contentType: 'image/svg+xml' }, ['contentType']],
    ['a page', { contentType: 'text/html' }, ['contentType']],
    ['a file too large', { sizeBytes: 10_001 }, ['sizeBytes']],
    ['a file of nothing', { sizeBytes: 0 }, ['sizeBytes']],
    ['a name of two lines', { fileName: 'a\nb.png' }, ['fileName']],
    ['a name too long', { fileName: 'a'.repeat(256) }, ['fileName']],
  ])('refuses %s', async (_name, overrides, path) => {
    const { data } = await content.as(aViewer()).execute(request, { input: asked(overrides) });
    expect(data.requestUpload).toMatchObject({ upload: null, userErrors: [{ code: 'INVALID_INPUT', path }] });
  });
});

describe('completeUpload', () => {
  it('puts a verified file under the hash of its content and answers a short-lived URL', async () => {
    const viewer = aViewer();
    const { id } = await upload(viewer, png);
    const { media } = await completed(viewer, id);
    const sha256 = createHash('sha256').update(png).digest('hex');
    const place = `media/${sha256.slice(0, 2)}/${sha256}.png`;
    expect(media).toEqual({
      id,
      status: 'READY',
      rejection: null,
      contentType: 'image/png',
      sizeBytes: png.length,
      fileName: 'pisică.png',
      url: `https://store.example/media/${place}?expires=${config.DOWNLOAD_SECONDS}`,
    });
    expect(content.storage.objects.get(place)?.contentType).toBe('image/png');
  });

  it('settles once: what is posted afterwards changes nothing', async () => {
    const viewer = aViewer();
    const { id, form } = await upload(viewer, png);
    const first = await completed(viewer, id);
    content.storage.post(form, html);
    expect(await completed(viewer, id)).toEqual(first);
  });

  it('serves the bytes it verified when others are posted in between', async () => {
    const viewer = aViewer();
    const { id, form, key } = await upload(viewer, png);
    const read: ObjectStore['read'] = async (...asked) => {
      const found = await content.storage.read(...asked);
      expect(content.storage.post(form, html)).toBe(204);
      return found;
    };
    const media = await uploadsOn({ read }).complete(viewer.id, mediaIds.decode(id));
    expect(media.status).toBe('READY');
    expect(content.storage.objects.get(key)?.bytes).toEqual(html);
    const place = `media/${media.sha256!.slice(0, 2)}/${media.sha256}.png`;
    expect(content.storage.objects.get(place)?.bytes).toEqual(png);
  });

  it('holds a few files in memory at once, however many are completed', async () => {
    const viewer = aViewer();
    const ids: string[] = [];
    for (let index = 0; index < 12; index++) ids.push(mediaIds.decode((await upload(viewer, png)).id));
    let [held, most] = [0, 0];
    let meet: () => void = () => undefined;
    const severalHeld = new Promise<void>((resolve) => (meet = resolve));
    const read: ObjectStore['read'] = async (...asked) => {
      most = Math.max(most, ++held);
      if (held > 1) meet();
      await severalHeld;
      await content.db.$queryRaw`SELECT pg_sleep(0.05)::text`; // a store takes its time
      return content.storage.read(...asked);
    };
    const putOnce: ObjectStore['putOnce'] = async (...asked) => {
      await content.storage.putOnce(...asked);
      held -= 1;
    };
    const uploads = uploadsOn({ read, putOnce });
    // Each of them three times: the second and third find the work done.
    const files = await Promise.all([...ids, ...ids, ...ids].map((id) => uploads.complete(viewer.id, id)));
    expect(files.map(({ status }) => status)).toEqual(files.map(() => 'READY'));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('says that files cannot be looked at while the store is away, and goes on when it is back', async () => {
    const viewer = aViewer();
    const { id } = await upload(viewer, png);
    const away = () => Promise.reject(new Error('connect ECONNREFUSED store.internal:9000'));
    const uploads = uploadsOn({ read: away });
    const attempts = Array.from({ length: 6 }, () => uploads.complete(viewer.id, mediaIds.decode(id)));
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await completed(viewer, id)).toMatchObject({ media: { status: 'READY' } });
  });

  it('gives calls at the same time one answer', async () => {
    const viewer = aViewer();
    const { id } = await upload(viewer, png);
    const answers = await Promise.all(Array.from({ length: 5 }, () => completed(viewer, id)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.media?.status).toBe('READY');
  });

  it('rejects what is not what it says it is', async () => {
    const viewer = aViewer();
    const { id, key } = await upload(viewer, html);
    expect(await completed(viewer, id)).toMatchObject({
      media: { status: 'REJECTED', rejection: 'WRONG_TYPE', url: null },
    });
    // Right by type, but not the size that was declared, as a store without limits would let through.
    const second = await upload(viewer, png);
    content.storage.objects.set(second.key, { bytes: Buffer.concat([png, html]), contentType: 'image/png' });
    expect(await completed(viewer, second.id)).toMatchObject({
      media: { status: 'REJECTED', rejection: 'WRONG_SIZE' },
    });
    expect([...content.storage.objects.keys()]).toContain(key);
  });

  it('waits for a file that has not arrived', async () => {
    const viewer = aViewer();
    const { id, form } = await upload(viewer);
    expect(await completed(viewer, id)).toEqual({ media: null, userErrors: [{ code: 'UPLOAD_MISSING' }] });
    content.storage.post(form, png);
    expect(await completed(viewer, id)).toMatchObject({ media: { status: 'READY' } });
  });

  it('is for the uploader only', async () => {
    const { id } = await upload(aViewer(), png);
    expect(await completed(aViewer(), id)).toEqual({ media: null, userErrors: [{ code: 'NOT_FOUND' }] });
    expect((await content.db.media.findUniqueOrThrow({ where: { id: mediaIds.decode(id) } })).status).toBe(
      'PENDING',
    );
  });
});

describe('a file', () => {
  const reference = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Media { id fileName } } }`;
  const seen = async (viewer: Viewer | null, id: string) => {
    const client = viewer ? content.as(viewer) : content.anonymous;
    return (await client.execute(reference, { r: [{ __typename: 'Media', id }] })).data._entities[0] as
      object | null;
  };

  it('is seen by its uploader, and by others only with a post they see; its name never', async () => {
    const viewer = aViewer();
    const { id } = await upload(viewer, png);
    await completed(viewer, id);
    expect(await seen(viewer, id)).toEqual({ id, fileName: 'pisică.png' });
    expect(await seen(aViewer(), id)).toBeNull();
    expect(await seen(null, id)).toBeNull();
    const post = await content.given.post({ authorId: viewer.id });
    await content.db.postMedia.create({
      data: { postId: post.id, mediaId: mediaIds.decode(id), position: 0 },
    });
    expect(await seen(null, id)).toEqual({ id, fileName: null });
  });
});

describe('the reaper', () => {
  const job = () => content.subgraph.jobs!['reapUploads']!;
  const reap = () => {
    const info = () => undefined;
    return job().run(job().schema.parse({}) as never, { log: { info } } as never);
  };

  it('clears quarantine once no form can bring a file back, and gives up what was never finished', async () => {
    const viewer = aViewer();
    const [taken, abandoned, absent] = [
      await upload(viewer, png),
      await upload(viewer, png),
      await upload(viewer),
    ];
    await completed(viewer, taken.id);
    content.clock.advance(config.UPLOAD_SECONDS * 1_000);
    await reap();
    expect([...content.storage.objects.keys()]).toEqual(expect.arrayContaining([taken.key, abandoned.key]));
    content.clock.advance(3_600_001);
    await reap();
    await reap();
    expect([...content.storage.objects.keys()].filter((key) => key.startsWith('quarantine/'))).toEqual([]);
    expect(await completed(viewer, taken.id)).toMatchObject({ media: { status: 'READY' } });
    for (const { id } of [abandoned, absent]) {
      expect(await completed(viewer, id)).toMatchObject({
        media: { status: 'REJECTED', rejection: 'NEVER_FINISHED' },
      });
    }
    expect(await content.db.media.count({ where: { clearedAt: null } })).toBe(0);
  });

  it('clears more than one batch at once', async () => {
    const now = content.clock.now();
    const file = {
      ownerId: aViewer().id,
      contentType: 'image/png',
      sizeBytes: 1,
      createdAt: now,
      expiresAt: now,
    };
    await content.db.media.createMany({
      data: Array.from({ length: 230 }, () => ({ id: mediaIds.create(), ...file })),
    });
    content.clock.advance(3_600_001);
    await reap();
    expect(await content.db.media.count({ where: { clearedAt: null } })).toBe(0);
  });

  it('tries again where the store was away', async () => {
    const viewer = aViewer();
    const { id } = await upload(viewer, png);
    content.clock.advance(config.UPLOAD_SECONDS * 1_000 + 3_600_001);
    const away = { remove: () => Promise.reject(new Error('the store is away')) };
    await expect(uploadsOn(away).reap()).rejects.toThrow('away');
    expect(await uploadsOn({}).reap()).toBe(1);
    expect(content.storage.objects.has(`quarantine/${mediaIds.decode(id)}`)).toBe(false);
  });
});

describe('a signed URL', () => {
  it('is given out again while it has half its life before it', async () => {
    let signed = 0;
    const uploads = uploadsOn({ presignDownload: async () => `https://store.example/${++signed}` });
    const { id } = await content.given.media(aViewer().id);
    const media = await content.db.media.findUniqueOrThrow({ where: { id } });
    const first = await uploads.urlOf(media);
    content.clock.advance(29_999);
    expect(await uploads.urlOf(media)).toBe(first);
    content.clock.advance(1);
    expect(await uploads.urlOf(media)).not.toBe(first);
    expect(signed).toBe(2);
  });
});

describe('behind a delivery network', () => {
  it('answers public URLs', async () => {
    const uploads = uploadsOn({}, 'https://cdn.example/files/');
    const { id } = await content.given.media(aViewer().id);
    const media = await content.db.media.findUniqueOrThrow({ where: { id } });
    expect(await uploads.urlOf(media)).toBe(`https://cdn.example/files/media/ab/${'ab'.repeat(32)}.png`);
  });
});
