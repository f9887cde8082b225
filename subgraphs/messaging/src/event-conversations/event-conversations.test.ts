import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds, registrationIds, ticketIds, userIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { actionsOn, historyOf, membersOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const ofEvent = `query ($id: ID!) {
  _entities(representations: [{ __typename: "Event", id: $id }]) { ... on Event {
    conversation { id kind name closedAt viewerRole memberCount event { id } } } } }`;

interface Told {
  readonly type: string;
  readonly data: object;
}

describe('the conversation of an event', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString();

  /** What events tell of one event, to be delivered in any order. */
  async function anEvent() {
    const people = await Promise.all(Array.from({ length: 4 }, () => messaging.given.member()));
    const [ana, ben, cleo, dan] = people as [Member, Member, Member, Member];
    const eventId = eventIds.encode(eventIds.create());
    const snapshot = (version: number, more: object = {}): Told => ({
      type: version === 1 ? 'event.published' : 'event.changed',
      data: {
        ...{ eventId, version, title: 'Harvest', status: 'PUBLISHED', organizerId: ana.publicId },
        ...{ hostIds: [ana.publicId], ...more },
      },
    });
    const registrations = new Map<Member, string>();
    const registrationOf = (who: Member) => {
      const id = registrations.get(who) ?? registrationIds.encode(registrationIds.create());
      registrations.set(who, id);
      return { registrationId: id, eventId, userId: who.publicId };
    };
    const registered = (who: Member, minute: number): Told => ({
      type: 'registration.confirmed',
      data: { ...registrationOf(who), confirmedAt: at(minute) },
    });
    const unregistered = (who: Member, minute: number): Told => ({
      type: 'registration.cancelled',
      data: { ...registrationOf(who), cancelledAt: at(minute) },
    });
    const ticketId = ticketIds.encode(ticketIds.create());
    const issued = (who: Member, minute: number): Told => ({
      type: 'ticket.issued',
      data: { ticketId, eventId, holderId: who.publicId, issuedAt: at(minute) },
    });
    const refunded = (who: Member, minute: number): Told => ({
      type: 'ticket.refunded',
      data: { ticketId, eventId, holderId: who.publicId, refundedAt: at(minute) },
    });
    const cancelled = (version: number): Told => ({ type: 'event.cancelled', data: { eventId, version } });
    return {
      ...{ ana, ben, cleo, dan, eventId, snapshot },
      ...{ registered, unregistered, issued, refunded, cancelled },
    };
  }

  /** As much of each message as is needed here. */
  async function deliver(...told: readonly Told[]): Promise<void> {
    for (const { type, data } of told) await deliverTo(messaging, type, { ...everythingElse, ...data });
  }
  const everythingElse = {
    startsAt: at(0),
    endsAt: at(60),
    timeZone: 'UTC',
    venue: null,
    city: null,
    cancelledAt: at(0),
    ...{ purchaseId: 'x', codeVersion: 1, amountMinor: '0', currency: 'EUR' },
  };
  const conversationOf = async (who: Pick<Member, 'execute'>, eventId: string) =>
    (await who.execute(ofEvent, { id: eventId })).data._entities[0].conversation;

  it('is one, owned by the organizer, with co-hosts as admins and whoever has a place', async () => {
    const { ana, ben, cleo, dan, eventId, snapshot, registered, issued } = await anEvent();
    const hostIds = [ana.publicId, ben.publicId];
    await deliver(snapshot(1, { hostIds }), registered(cleo, 1), issued(dan, 2), registered(cleo, 1));
    const conversation = await conversationOf(cleo, eventId);
    expect(conversation).toMatchObject({
      ...{ kind: 'EVENT', name: 'Harvest', viewerRole: 'MEMBER', memberCount: 4, event: { id: eventId } },
    });
    expect(new Map(await membersOf(ana, conversation.id as string))).toEqual(
      new Map([
        [ana.publicId, 'OWNER'],
        [ben.publicId, 'ADMIN'],
        [cleo.publicId, 'MEMBER'],
        [dan.publicId, 'MEMBER'],
      ]),
    );
    const { data } = await messaging.given.message(ana, conversation.id as string);
    expect(data.sendMessage.userErrors).toEqual([]);
    const listed = await dan.execute('{ conversations(first: 5) { nodes { id unreadCount } } }');
    expect(listed.data.conversations.nodes).toEqual([{ id: conversation.id, unreadCount: 1 }]);
  });

  it('is there for nobody else', async () => {
    const { ben, cleo, eventId, snapshot, registered, unregistered } = await anEvent();
    await deliver(snapshot(1), registered(cleo, 1), unregistered(cleo, 2));
    for (const who of [ben, cleo, messaging.anonymous]) expect(await conversationOf(who, eventId)).toBeNull();
  });

  it('is left with the last place, and read on until then', async () => {
    const { ana, cleo, eventId, snapshot, registered, unregistered, issued, refunded } = await anEvent();
    await deliver(snapshot(1), registered(cleo, 1), issued(cleo, 2), unregistered(cleo, 3));
    const { id } = await conversationOf(cleo, eventId);
    await messaging.given.message(ana, id as string);
    await deliver(refunded(cleo, 4));
    await messaging.given.message(ana, id as string);
    expect(await conversationOf(cleo, eventId)).toBeNull();
    expect(await historyOf(cleo, id as string)).toEqual(['1 Salut!']);
    await deliver(registered(cleo, 5));
    expect(await historyOf(cleo, id as string)).toEqual(['1 Salut!', '2 Salut!']);
  });

  it('follows a ticket that is handed over', async () => {
    const { ben, cleo, eventId, snapshot, issued } = await anEvent();
    await deliver(snapshot(1), issued(cleo, 1), issued(ben, 2));
    expect(await conversationOf(cleo, eventId)).toBeNull();
    expect(await conversationOf(ben, eventId)).not.toBeNull();
    await deliver(issued(cleo, 1));
    expect(await conversationOf(cleo, eventId)).toBeNull();
  });

  it('follows who runs the event, and its title', async () => {
    const { ana, ben, cleo, eventId, snapshot, registered } = await anEvent();
    await deliver(snapshot(1, { hostIds: [ana.publicId, ben.publicId] }), registered(cleo, 1));
    const handedOver = { organizerId: cleo.publicId, hostIds: [cleo.publicId, ana.publicId], title: 'Feast' };
    await deliver(snapshot(3, handedOver), snapshot(2, { title: 'Stale' }));
    const { id, name } = await conversationOf(ana, eventId);
    expect(name).toBe('Feast');
    expect(new Map(await membersOf(ana, id as string))).toEqual(
      new Map([
        [ana.publicId, 'ADMIN'],
        [cleo.publicId, 'OWNER'],
      ]),
    );
  });

  it('can be read only when the event is cancelled', async () => {
    const { ana, cleo, eventId, snapshot, registered, unregistered, cancelled } = await anEvent();
    await deliver(snapshot(1), registered(cleo, 1));
    const { id } = await conversationOf(cleo, eventId);
    await deliver(cancelled(2), cancelled(2), unregistered(cleo, 3));
    expect((await conversationOf(cleo, eventId)).closedAt).not.toBeNull();
    expect(await historyOf(cleo, id as string)).toEqual(['1 CANCELLED']);
    const { data } = await messaging.given.message(ana, id as string);
    expect(data.sendMessage.userErrors).toMatchObject([{ code: 'CONVERSATION_CLOSED' }]);
  });

  it('is the same in whatever order it is told of', async () => {
    for (const order of [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [3, 1, 5, 0, 2, 4],
      [2, 0, 2, 5, 1, 3, 4, 0],
    ]) {
      const { ana, ben, cleo, dan, eventId, snapshot, registered, unregistered, issued } = await anEvent();
      const all = [
        snapshot(1),
        registered(cleo, 1),
        unregistered(cleo, 2),
        registered(dan, 1),
        issued(cleo, 3),
        snapshot(2, { hostIds: [ana.publicId, ben.publicId] }),
      ];
      await deliver(...order.map((index) => all[index]!));
      const { id } = await conversationOf(ana, eventId);
      expect(new Map(await membersOf(ana, id as string))).toEqual(
        new Map([
          [ana.publicId, 'OWNER'],
          [ben.publicId, 'ADMIN'],
          [cleo.publicId, 'MEMBER'],
          [dan.publicId, 'MEMBER'],
        ]),
      );
    }
  });

  it('is none of an event whose cancellation was heard of first', async () => {
    const { ana, cleo, eventId, snapshot, registered, cancelled } = await anEvent();
    await deliver(cancelled(2), snapshot(1), registered(cleo, 1));
    for (const who of [ana, cleo]) expect(await conversationOf(who, eventId)).toBeNull();
  });

  it('is changed by events alone: nobody is added, taken out or leaves by hand', async () => {
    const { ana, ben, cleo, eventId, snapshot, registered } = await anEvent();
    await deliver(snapshot(1), registered(cleo, 1));
    const { id } = await conversationOf(ana, eventId);
    const { add, remove, leave, role, rename } = actionsOn(id as string);
    await messaging.given.friends(ana, ben);
    expect([
      await add(ana, [ben]),
      await remove(ana, cleo),
      await role(ana, cleo, 'ADMIN'),
      await rename(ana, 'Mine'),
      await leave(cleo),
    ]).toEqual(Array(5).fill('INVALID_INPUT'));
  });

  it('answers references that are malformed or foreign with null', async () => {
    for (const id of ['', 'nonsense', userIds.encode(userIds.create())]) {
      const answer = await messaging.anonymous.execute(ofEvent, { id });
      expect(answer).toMatchObject({ data: { _entities: [null] }, errors: [] });
    }
  });
});
