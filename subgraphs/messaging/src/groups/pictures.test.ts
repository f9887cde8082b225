import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSealer } from '@diaspora/kit';
import { personalDataOf } from '@diaspora/kit/testing';
import { conversationIds, mediaIds } from '../ids.js';
import { viewerSecret } from '../testing/config.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { actionsOn, historyOf, linkTo, refusalOf } from '../testing/groups.js';

describe('the picture of a group', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  let id: string;
  const picture = mediaIds.create();
  const pictureId = mediaIds.encode(picture);
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    id = await messaging.given.group(ana, [ben]);
  });

  const show = (who: Member, to: string | null) =>
    refusalOf(who, 'updateGroup', { conversationId: id, pictureId: to });
  const opened = (sealed: string | null) => {
    if (sealed === null) return null;
    const { mediaIds: files, ...grant } = JSON.parse(
      createSealer(viewerSecret, 'media of messages').open(sealed),
    );
    return { files, ownerId: grant.ownerId, viewerId: grant.viewerId };
  };
  /** What content is told that somebody may see. */
  const granted = async (who: Member) => {
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { pictureGrant } } }';
    const { data } = await who.execute(query, { r: [{ __typename: 'Conversation', id }] });
    return data._entities[0] && opened(data._entities[0].pictureGrant);
  };
  const seenBy = (viewer: Member, ownerId = ana.id) => ({ files: [picture], ownerId, viewerId: viewer.id });

  it('is given by admins, told in the history, and granted to whoever takes part', async () => {
    expect(await granted(ben)).toBeNull();
    expect(await show(ben, pictureId)).toBe('FORBIDDEN');
    expect(await show(ana, pictureId)).toBeUndefined();
    expect([await granted(ana), await granted(ben)]).toEqual([seenBy(ana), seenBy(ben)]);
    expect(await granted(await messaging.given.member())).toBeNull();
    expect((await historyOf(ben, id)).slice(2)).toEqual(['3 PICTURE_CHANGED']);
  });

  it('stays whose it is when somebody else names it again, or changes the name', async () => {
    await show(ana, pictureId);
    await actionsOn(id).role(ana, ben, 'ADMIN');
    expect(await show(ben, pictureId)).toBeUndefined();
    await actionsOn(id).rename(ben, 'Orchestra');
    expect(await granted(ben)).toEqual(seenBy(ben));
    expect((await historyOf(ben, id)).slice(2)).toEqual([
      '3 PICTURE_CHANGED',
      '4 ROLE_CHANGED ADMIN 1',
      '5 RENAMED Orchestra',
    ]);
  });

  it('is taken away by null', async () => {
    await show(ana, pictureId);
    await show(ana, null);
    expect(await granted(ben)).toBeNull();
    expect((await historyOf(ben, id)).slice(2)).toEqual(['3 PICTURE_CHANGED', '4 PICTURE_CHANGED']);
  });

  it('may be there from the beginning', async () => {
    id = await messaging.given.group(ana, [ben], { pictureId });
    expect(await granted(ben)).toEqual(seenBy(ben));
  });

  it('is not told to whoever left', async () => {
    await show(ana, pictureId);
    await actionsOn(id).leave(ben);
    expect(await granted(ben)).toBeNull();
  });

  it('is granted to whoever has a link', async () => {
    const query = 'query ($token: String!) { invitedGroup(token: $token) { name pictureGrant } }';
    const cleo = await messaging.given.member();
    const token = await linkTo(ana, id);
    const before = await cleo.execute(query, { token });
    expect(() => opened(before.data.invitedGroup.pictureGrant)).toThrow();
    await show(ana, pictureId);
    const { data } = await cleo.execute(query, { token });
    expect(opened(data.invitedGroup.pictureGrant)).toEqual(seenBy(cleo));
  });

  it.each(['nonsense', 'usr_01h2xcejqtf2nbrexx3vqjhp41'])('is no other thing: %s', async (other) => {
    expect(await show(ana, other)).toBe('INVALID_INPUT');
    expect(await historyOf(ana, id)).toHaveLength(2);
  });

  it('goes with whoever uploaded it, also when they have left, and is in what they are given', async () => {
    await actionsOn(id).role(ana, ben, 'ADMIN');
    await show(ben, pictureId);
    await actionsOn(id).leave(ben);
    const { exported, erase } = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
    expect((await exported(ben.id)).records['conversations']).toMatchObject([{ pictureId }]);
    expect((await exported(ana.id)).records['conversations']![0]).not.toHaveProperty('pictureId');
    expect(await granted(ana)).toEqual(seenBy(ana, ben.id));
    await erase(ben.id);
    expect(await granted(ana)).toBeNull();
    const where = { id: conversationIds.decode(id) };
    expect(await messaging.db.conversation.findUniqueOrThrow({ where })).toMatchObject({
      ...{ pictureId: null, pictureOwnerId: null, closedAt: null },
    });
  });
});
