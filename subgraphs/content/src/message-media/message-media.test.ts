import { createSealer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { config, givenContent, type Content } from '../testing/given.js';

let content: Content;
beforeAll(async () => void (content = await givenContent()));
afterAll(() => content.stop());

const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Message { media { id } } } }`;
const message = 'msg_01h2xcejqtf2nbrexx3vqjhp41';

/** As messaging seals it. */
const grantOf = (grant: object, secret = config.VIEWER_SECRET) =>
  createSealer(secret, 'media of messages').seal(
    JSON.stringify({ until: content.clock.now().getTime() + 1_000, ...grant }),
  );

async function seenBy(viewer: ReturnType<typeof aViewer>, mediaGrant: string | null): Promise<unknown> {
  const r = [{ __typename: 'Message', id: message, mediaGrant }];
  const { data, errors } = await content.as(viewer).execute(query, { r });
  expect(errors).toEqual([]);
  return data._entities[0].media;
}

describe('files of a message', () => {
  it('are seen by the viewer whom messaging grants it, in their order', async () => {
    const [ana, ben] = [aViewer(), aViewer()];
    const [one, two] = [await content.given.media(ana.id), await content.given.media(ana.id)];
    const grant = grantOf({ mediaIds: [two.id, one.id], ownerId: ana.id, viewerId: ben.id });
    expect(await seenBy(ben, grant)).toEqual([{ id: two.publicId }, { id: one.publicId }]);
  });

  it('are reached for a minute, also behind a delivery network: what is taken back does not stay', async () => {
    const [ana, ben] = [aViewer(), aViewer()];
    const { id } = await content.given.media(ana.id);
    const mediaGrant = grantOf({ mediaIds: [id], ownerId: ana.id, viewerId: ben.id });
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Message { media { url } } } }`;
    const r = [{ __typename: 'Message', id: message, mediaGrant }];
    for (const config of [{}, { MEDIA_PUBLIC_URL: 'https://cdn.example' }]) {
      const { data } = await content.configured(config).as(ben).execute(query, { r });
      expect(data._entities[0].media[0].url).toMatch(/^https:..store\.example.*[?]expires=60$/);
    }
  });

  it('are nobody’s whose they are not: a sender shows own uploads only, and verified ones', async () => {
    const [ana, ben] = [aViewer(), aViewer()];
    const foreign = await content.given.media(ben.id);
    const pending = await content.given.media(ana.id, 'PENDING');
    const grant = grantOf({ mediaIds: [foreign.id, pending.id], ownerId: ana.id, viewerId: ben.id });
    expect(await seenBy(ben, grant)).toEqual([null, null]);
  });

  it.each(['of somebody else', 'that is over', 'sealed by another', 'malformed', 'missing'])(
    'are not seen with a grant %s',
    async (which) => {
      const [ana, ben] = [aViewer(), aViewer()];
      const { id } = await content.given.media(ana.id);
      const granted = { mediaIds: [id], ownerId: ana.id, viewerId: ben.id };
      const grants: Record<string, string | null> = {
        'of somebody else': grantOf({ ...granted, viewerId: ana.id }),
        'that is over': grantOf({ ...granted, until: content.clock.now().getTime() - 1 }),
        'sealed by another': grantOf(granted, 'another secret that is long enough'),
        malformed: 'a.b.c',
        missing: null,
      };
      expect(await seenBy(ben, grants[which]!)).toEqual([]);
    },
  );

  it('are refused to visitors', async () => {
    const r = [{ __typename: 'Message', id: message, mediaGrant: 'x' }];
    expect((await content.anonymous.execute(query, { r })).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('the picture of a group', () => {
  const shown = async (viewer: ReturnType<typeof aViewer>, pictureGrant: string) => {
    const pictures = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on Conversation { picture { id } } ... on InvitedGroup { picture { id } } } }`;
    const r = [
      { __typename: 'Conversation', id: 'cnv_01h2xcejqtf2nbrexx3vqjhp41', pictureGrant },
      { __typename: 'InvitedGroup', pictureGrant },
    ];
    const { data, errors } = await content.as(viewer).execute(pictures, { r });
    expect(errors).toEqual([]);
    return data._entities.map((each: { picture: unknown }) => each.picture);
  };

  it('is seen by whom messaging grants it: by members and by whoever has a link', async () => {
    const [ana, ben] = [aViewer(), aViewer()];
    const { id, publicId } = await content.given.media(ana.id);
    const grant = grantOf({ mediaIds: [id], ownerId: ana.id, viewerId: ben.id });
    expect(await shown(ben, grant)).toEqual([{ id: publicId }, { id: publicId }]);
    expect(await shown(aViewer(), grant)).toEqual([null, null]);
    expect(await shown(ben, 'none')).toEqual([null, null]);
  });

  it('is a picture, and of whoever gave it to the group', async () => {
    const [ana, ben] = [aViewer(), aViewer()];
    const [foreign, paper] = [await content.given.media(ben.id), await content.given.media(ana.id)];
    await content.db.media.update({ where: { id: paper.id }, data: { contentType: 'application/pdf' } });
    for (const { id } of [foreign, paper]) {
      const grant = grantOf({ mediaIds: [id], ownerId: ana.id, viewerId: ben.id });
      expect(await shown(ben, grant)).toEqual([null, null]);
    }
  });
});
