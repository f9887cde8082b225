import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitingForLocks } from '@diaspora/kit/testing';
import { conversationIds } from '../ids.js';
import { dismiss, lockConversation } from '../members/index.js';
import { actionsOn, membersOf } from '../testing/groups.js';
import { barrierFor, givenMessaging, type Member, type Messaging } from '../testing/given.js';

describe('groups when much happens at once', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  async function twoOwners() {
    const [ana, ben, cleo] = [
      await messaging.given.member(),
      await messaging.given.member(),
      await messaging.given.member(),
    ];
    const id = await messaging.given.group(ana, [ben, cleo]);
    const actions = actionsOn(id);
    await actions.role(ana, ben, 'OWNER');
    return { ana, ben, cleo, id, key: conversationIds.decode(id), ...actions };
  }
  const elsewhere = (who: Member): Member => ({ ...who, ...second.as(who.viewer) });

  it('would lose both owners who leave at once, each having seen the other', async () => {
    const { ana, ben, key } = await twoOwners();
    const bothHaveLooked = barrierFor(2);
    const naive = (userId: string) =>
      messaging.db.$transaction(async (tx) => {
        const others = { conversationId: key, role: 'OWNER' as const, leftAt: null, userId: { not: userId } };
        const stays = (await tx.participant.count({ where: others })) > 0;
        await bothHaveLooked();
        if (stays)
          await tx.participant.updateMany({
            where: { conversationId: key, userId },
            data: { leftAt: new Date() },
          });
        return stays;
      });
    expect(await Promise.all([naive(ana.id), naive(ben.id)])).toEqual([true, true]);
    const owners = { conversationId: key, role: 'OWNER' as const, leftAt: null };
    expect(await messaging.db.participant.count({ where: owners })).toBe(0);
  });

  it('keep one of two owners who leave at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { ana, ben, cleo, id, leave } = await twoOwners();
      const refusals = await Promise.all([leave(ana), leave(elsewhere(ben))]);
      expect(refusals.filter((code) => code === 'SUCCESSOR_REQUIRED')).toHaveLength(1);
      const owners = (await membersOf(cleo, id)).filter(([, role]) => role === 'OWNER');
      expect(owners).toHaveLength(1);
    }
  });

  it('take in somebody once who is added by many at once', async () => {
    const { ana, ben, id, key, add } = await twoOwners();
    const dan = await messaging.given.member();
    await messaging.given.friends(dan, ana, ben);
    await Promise.all(Array.from({ length: 10 }, (_, index) => add(index % 2 ? ana : elsewhere(ben), [dan])));
    expect(await membersOf(dan, id)).toHaveLength(4);
    const group = await messaging.db.conversation.findUniqueOrThrow({ where: { id: key } });
    // Made, two added, an owner named, and one added.
    expect([group.memberCount, group.lastSequence]).toEqual([4, 4]);
    const where = { conversationId: key, userId: dan.id };
    expect(await messaging.db.visibilityWindow.count({ where })).toBe(1);
  });

  it('let nobody in beyond the last place', async () => {
    const { ana, ben, key, add } = await twoOwners();
    await messaging.db.conversation.update({ where: { id: key }, data: { memberCount: 249 } });
    const newcomers = await Promise.all(Array.from({ length: 4 }, () => messaging.given.member()));
    await messaging.given.friends(ana, ...newcomers);
    await messaging.given.friends(ben, ...newcomers);
    const refusals = await Promise.all(
      newcomers.map((who, index) => add(index % 2 ? ana : elsewhere(ben), [who])),
    );
    expect(refusals.filter((code) => code === 'LIMIT_REACHED')).toHaveLength(3);
  });

  it('show whoever is taken out nothing that is written at the same time', async () => {
    const { ana, ben, cleo, id, key, remove } = await twoOwners();
    const sent = Promise.all(
      Array.from({ length: 20 }, (_, index) => messaging.given.message(index % 2 ? ana : elsewhere(ben), id)),
    );
    await Promise.all([sent, remove(ana, cleo)]);
    const where = { conversationId: key, userId: cleo.id };
    const [window] = await messaging.db.visibilityWindow.findMany({ where });
    const line = await messaging.db.message.findFirstOrThrow({
      where: { conversationId: key, system: { path: ['type'], equals: 'REMOVED' } },
    });
    expect(window).toMatchObject({ afterSequence: 0, untilSequence: line.sequence });
  });

  it('take nothing from whoever is taken out while what they wrote waits', async () => {
    const { ben, id, key } = await twoOwners();
    let sent: ReturnType<Messaging['given']['message']>;
    await messaging.db.$transaction(async (tx) => {
      await lockConversation(tx, key);
      sent = messaging.given.message(ben, id);
      await waitingForLocks(messaging.pool);
      await dismiss(tx, { conversationId: key, userIds: [ben.id], at: messaging.clock.now() });
    });
    expect((await sent!).data.sendMessage.userErrors).toMatchObject([{ code: 'CONVERSATION_CLOSED' }]);
  });
});
