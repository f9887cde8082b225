import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentIds, mediaIds, postIds } from './ids.js';
import { givenContent, type Content } from './testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

type Who = 'anonymous' | 'stranger' | 'author' | 'commenter' | 'uploader' | 'ambassador' | 'super user';

/** One post by the author, with the commenter's comment, and one upload of the uploader's. */
async function scene() {
  const people = {
    stranger: await content.given.member(),
    author: await content.given.member(),
    commenter: await content.given.member(),
    uploader: await content.given.member(),
    ambassador: aViewer({ roles: ['AMBASSADOR'], offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }] }),
    'super user': aViewer({ roles: ['SUPER_USER', 'REGULAR'] }),
  } satisfies Record<Exclude<Who, 'anonymous'>, Viewer>;
  const post = await content.given.post({ authorId: people.author.id });
  const comment = await content.given.comment(post, { authorId: people.commenter.id });
  const media = await content.given.media(people.uploader.id, 'PENDING');
  const ids = { post: post.publicId, comment: comment.publicId, media: media.publicId };
  const as = (who: Who) => (who === 'anonymous' ? content.anonymous : content.as(people[who]));
  return { ids, as };
}
type Ids = Awaited<ReturnType<typeof scene>>['ids'];

const key = () => `idempotencyKey: "${crypto.randomUUID()}"`;
const commands: Record<string, (ids: Ids) => string> = {
  requestUpload: () =>
    `(input: { ${key()}, contentType: "image/png", sizeBytes: 70 }) { upload { url } userErrors { code } }`,
  completeUpload: ({ media }) => `(input: { mediaId: "${media}" }) { media { status } userErrors { code } }`,
  createPost: () =>
    `(input: { ${key()}, text: "Salut", language: "ro" }) { post { id } userErrors { code } }`,
  editPost: ({ post }) =>
    `(input: { postId: "${post}", expectedVersion: 1, text: "x" }) { post { id } userErrors { code } }`,
  deletePost: ({ post }) => `(input: { postId: "${post}" }) { deletedPostId userErrors { code } }`,
  addComment: ({ post }) =>
    `(input: { ${key()}, postId: "${post}", text: "Da" }) { comment { id } userErrors { code } }`,
  deleteComment: ({ comment }) =>
    `(input: { commentId: "${comment}" }) { comment { id } userErrors { code } }`,
  likePost: ({ post }) => `(input: { postId: "${post}" }) { post { id } userErrors { code } }`,
  unlikePost: ({ post }) => `(input: { postId: "${post}" }) { post { id } userErrors { code } }`,
};

const everybody: Who[] = [
  'anonymous',
  'stranger',
  'author',
  'commenter',
  'uploader',
  'ambassador',
  'super user',
];
const signedIn = everybody.filter((who) => who !== 'anonymous');
/** Who may, of those signed in. What the others are told depends on whether they may know of the thing. */
const allowed: Record<string, { may: Who[]; others?: 'FORBIDDEN' | 'NOT_FOUND' }> = {
  requestUpload: { may: signedIn },
  completeUpload: { may: ['uploader'], others: 'NOT_FOUND' },
  createPost: { may: signedIn },
  editPost: { may: ['author'], others: 'FORBIDDEN' },
  deletePost: { may: ['author', 'super user'], others: 'FORBIDDEN' },
  addComment: { may: signedIn },
  deleteComment: { may: ['author', 'commenter'], others: 'FORBIDDEN' },
  likePost: { may: signedIn },
  unlikePost: { may: signedIn },
};

/** Everything a command could change. */
const state = async () => {
  const { db } = content;
  const tables = [
    db.post.findMany(),
    db.comment.findMany(),
    db.reaction.findMany(),
    db.media.findMany(),
  ] as const;
  return JSON.stringify([await Promise.all(tables), await content.published()]);
};

describe('the table of permissions', () => {
  it('names every mutation', () => {
    expect(Object.keys(content.subgraph.schema.getMutationType()!.getFields()).sort()).toEqual(
      Object.keys(allowed).sort(),
    );
  });

  const cases = Object.entries(allowed).flatMap(([command, { may, others }]) =>
    everybody.map((who) => {
      const refused = who === 'anonymous' ? 'UNAUTHENTICATED' : others!;
      return { command, who, outcome: may.includes(who) ? 'allowed' : refused };
    }),
  );
  const attempt = async (command: string, who: Who) => {
    const { ids, as } = await scene();
    const before = await state();
    const { data, codes } = await as(who).execute(`mutation { ${command}${commands[command]!(ids)} }`);
    const payload = data?.[command] as { userErrors: { code: string }[] } | undefined;
    const code = codes[0] ?? payload?.userErrors[0]?.code ?? 'allowed';
    return { code, hasPayload: payload !== undefined, hasChanged: (await state()) !== before };
  };

  it.each(cases.filter(({ outcome }) => outcome === 'allowed'))(
    '$command is open to $who',
    async ({ command, who }) => {
      // The upload of the scene has no file behind it, which only its owner hears.
      const expected = command === 'completeUpload' ? 'UPLOAD_MISSING' : 'allowed';
      expect((await attempt(command, who)).code).toBe(expected);
    },
  );

  it.each(cases.filter(({ outcome }) => outcome !== 'allowed'))(
    '$command by $who is refused as $outcome and changes nothing',
    async ({ command, who, outcome }) => {
      const hasPayload = outcome === 'NOT_FOUND';
      expect(await attempt(command, who)).toEqual({ code: outcome, hasPayload, hasChanged: false });
    },
  );

  it('tells nobody more of what is hidden than of what is not there', async () => {
    const { as } = await scene();
    const none = {
      post: postIds.encode(postIds.create()),
      comment: commentIds.encode(commentIds.create()),
      media: mediaIds.encode(mediaIds.create()),
    };
    for (const command of [
      'completeUpload',
      'editPost',
      'deletePost',
      'addComment',
      'deleteComment',
      'likePost',
      'unlikePost',
    ]) {
      const { data } = await as('super user').execute(`mutation { ${command}${commands[command]!(none)} }`);
      expect(data[command].userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    }
  });
});
