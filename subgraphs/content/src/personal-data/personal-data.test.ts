import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf } from '@diaspora/kit/testing';
import { contentKey } from '../media/index.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;
beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

let hashCount = 0;
const aHash = () => createHash('sha256').update(String(++hashCount)).digest('hex');
const photo = { bytes: Buffer.from('photo'), contentType: 'image/png' };

/** Somebody who wrote, commented, liked and uploaded: one photo alone, one that somebody else has too. */
async function anAuthor(name = 'Ilinca') {
  const { given, db, storage } = content;
  const [author, other] = [await given.member(), await given.member()];
  const post = await given.post({ authorId: author.id, text: `${name} was here` });
  const reply = await given.comment(post, { authorId: other.id, text: 'So was I' });
  const others = await given.post({ authorId: other.id, reactionCount: 1 });
  const comment = await given.comment(others, { authorId: author.id, text: `Greetings from ${name}` });
  await db.reaction.create({ data: { postId: others.id, userId: author.id, createdAt: new Date() } });
  const media = [await given.media(author.id), await given.media(author.id), await given.media(other.id)];
  const [alone, shared] = [aHash(), aHash()];
  const hashes = [alone, shared, shared];
  for (const [at, { id }] of media.entries())
    await db.media.update({
      where: { id },
      data: { sha256: hashes[at]!, fileName: `${name}.png`, sizeBytes: 5 },
    });
  await db.media.updateMany({ where: { ownerId: author.id }, data: { clearedAt: new Date() } });
  await db.postMedia.create({ data: { postId: post.id, position: 0, mediaId: media[0]!.id } });
  for (const hash of hashes) storage.objects.set(contentKey(hash, 'image/png'), photo);
  return { author, other, post, reply, others, comment, media, alone, shared };
}

describe('the personal data of content', () => {
  it('is exported with the files themselves', async () => {
    const { author, post, others, media } = await anAuthor();
    const { records, files } = await personalDataOf(content.subgraph.jobs!, content.privateStore).exported(
      author.id,
    );
    expect(records['posts']).toMatchObject([
      { id: post.publicId, text: 'Ilinca was here', mediaIds: [media[0]!.publicId] },
    ]);
    expect(records['comments']).toMatchObject([{ postId: others.publicId, text: 'Greetings from Ilinca' }]);
    expect(records['reactions']).toMatchObject([{ postId: others.publicId, kind: 'LIKE' }]);
    expect(records['media']).toHaveLength(2);
    expect(files).toEqual(media.slice(0, 2).map(({ publicId }) => `media/${publicId}.png`));
  });

  it('is erased: words, likes and files go, the places where others answered stay', async () => {
    const { author, post, reply, others, comment, media, alone, shared } = await anAuthor('Zamfira');
    const { erase } = personalDataOf(content.subgraph.jobs!, content.privateStore);
    await erase(author.id);
    await erase(author.id, { isLate: true });
    const { db, storage } = content;
    expect(await db.post.findUniqueOrThrow({ where: { id: post.id } })).toMatchObject({
      text: '',
      authorOrigin: null,
      version: 2,
      commentCount: 1,
    });
    expect(await db.comment.findUniqueOrThrow({ where: { id: comment.id } })).toMatchObject({ text: null });
    expect(await db.comment.findUniqueOrThrow({ where: { id: reply.id } })).toMatchObject({
      text: 'So was I',
    });
    expect(await db.post.findUniqueOrThrow({ where: { id: others.id } })).toMatchObject({
      commentCount: 0,
      reactionCount: 0,
    });
    expect(storage.objects.has(contentKey(alone, 'image/png'))).toBe(false);
    expect(storage.objects.has(contentKey(shared, 'image/png'))).toBe(true);
    expect(await db.media.findMany({ where: { id: { in: media.map(({ id }) => id) } } })).toHaveLength(1);
    expect(
      (await content.published()).filter(({ key }) => key === post.publicId).map(({ type }) => type),
    ).toContain('post.removed');
    await db.media.updateMany({ data: { fileName: null } }); // That of the other.
    const traces = await tracesOf(content.adminUrl, ['Zamfira']);
    expect(Object.keys(traces).filter((table) => table.startsWith('public.'))).toEqual([]);
  });

  it('keeps a file that somebody else uploads while the person is erased', async () => {
    const { given, db, storage } = content;
    const [author, other] = [await given.member(), await given.member()];
    const { id } = await given.media(author.id);
    const bytes = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = contentKey(sha256, 'image/png');
    await db.media.update({ where: { id }, data: { sha256, clearedAt: new Date() } });
    storage.objects.set(key, { bytes, contentType: 'image/png' });
    const { id: pending, publicId } = await given.media(other.id, 'PENDING');
    await db.media.update({ where: { id: pending }, data: { sizeBytes: bytes.length } });
    storage.objects.set(`quarantine/${pending}`, { bytes, contentType: 'image/png' });
    const complete = `mutation ($input: CompleteUploadInput!) { completeUpload(input: $input) { media { status } userErrors { code } } }`;
    // The file is in its place and nobody has noted it yet, when the erasure comes to the other one's.
    const putOnce = storage.putOnce.bind(storage);
    let isPut: () => void = () => undefined;
    let goOn: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (isPut = resolve));
    const released = new Promise<void>((resolve) => (goOn = resolve));
    storage.putOnce = async (...file) => {
      await putOnce(...file);
      isPut();
      await released;
    };
    const completing = content.as(other).execute(complete, { input: { mediaId: publicId } });
    await reached;
    let isErased = false;
    const erasing = personalDataOf(content.subgraph.jobs!, content.privateStore)
      .erase(author.id)
      .then(() => (isErased = true));
    const waits = async () =>
      (
        await db.$queryRaw<unknown[]>`SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
          WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`
      ).length;
    while (!isErased && (await waits()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    goOn();
    const [answer] = await Promise.all([completing, erasing]);
    storage.putOnce = putOnce;
    expect(answer.data.completeUpload).toEqual({ media: { status: 'READY' }, userErrors: [] });
    expect(storage.objects.has(key)).toBe(true);
  });
});
