import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  conversationIds,
  eventIds,
  registrationIds,
  sessionIds,
  subscriptionIds,
  ticketIds,
  userIds,
} from '../ids.js';
import { deliverTo, runAdded, runTask } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `{ notifications(first: 20) { nodes { type actor { id } subject { __typename id } } } }`;
const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';
const aNew = (ids: { create(): string; encode(key: string): string }) => ids.encode(ids.create());

describe('occasions', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());

  const told = async (person: Member) => (await person.execute(list)).data.notifications.nodes;
  const typesTold = async (person: Member) => (await told(person)).map(({ type }: { type: string }) => type);
  const people = async () => [await messaging.given.member(), await messaging.given.member()] as const;

  it.each([
    [
      'the end of a session that one ended',
      'session.revoked',
      { sessionId: aNew(sessionIds), reason: 'SIGNED_OUT' },
    ],
    [
      'a declined renewal, which is told as such',
      'payment.failed',
      { paymentId: 'pay_1', subscriptionId: aNew(subscriptionIds), orderId: null, failedAt: at },
    ],
  ])('say nothing of %s', async (_name, type, data) => {
    const [ana] = await people();
    await deliverTo(messaging, type, { ...data, userId: ana.publicId });
    expect(await told(ana)).toEqual([]);
  });

  it('announce a place again when it was given back in between', async () => {
    const [ana] = await people();
    const registration = {
      registrationId: aNew(registrationIds),
      eventId: aNew(eventIds),
      userId: ana.publicId,
    };
    for (const confirmedAt of [at, at, later])
      await deliverTo(messaging, 'registration.confirmed', { ...registration, confirmedAt });
    expect(await typesTold(ana)).toEqual(['REGISTRATION_CONFIRMED', 'REGISTRATION_CONFIRMED']);
  });

  it('tell of the tickets of a purchase together, and of one that was handed over by itself', async () => {
    const [ana, ben] = await people();
    const bought = { purchaseId: 'pur_1', eventId: aNew(eventIds), holderId: ana.publicId, issuedAt: at };
    const ticketId = aNew(ticketIds);
    for (const each of [ticketId, aNew(ticketIds), aNew(ticketIds)])
      await deliverTo(messaging, 'ticket.issued', { ...bought, ticketId: each, codeVersion: 1 });
    const handedOver = { ...bought, ticketId };
    await deliverTo(messaging, 'ticket.issued', { ...handedOver, holderId: ben.publicId, codeVersion: 2 });
    await deliverTo(messaging, 'ticket.issued', { ...handedOver, codeVersion: 3 });
    expect(await typesTold(ana)).toEqual(['TICKET_ISSUED', 'TICKET_ISSUED']);
    expect(await typesTold(ben)).toEqual(['TICKET_ISSUED']);
  });

  describe('of an event that changes', () => {
    const anEvent = (overrides: object = {}) => ({
      ...{ eventId: aNew(eventIds), version: 1, title: 'Jazz', startsAt: at, endsAt: later },
      ...{ timeZone: 'Europe/Berlin', venue: 'Quasimodo', city: 'Berlin' },
      ...{ status: 'PUBLISHED', organizerId: aNew(userIds) },
      ...overrides,
    });
    const register = (event: { eventId: string }, person: Member, registrationId = aNew(registrationIds)) =>
      deliverTo(messaging, 'registration.confirmed', {
        ...{ registrationId, eventId: event.eventId, userId: person.publicId },
        confirmedAt: at,
      });
    const settle = () => runAdded(messaging, { name: 'tellAttendees' });

    it('tell those who go, once a change of time or place, and not of another title', async () => {
      const [ana, ben] = await people();
      const event = anEvent();
      await deliverTo(messaging, 'event.published', event);
      await register(event, ana);
      await deliverTo(messaging, 'event.changed', { ...event, version: 2, title: 'Blues' });
      await settle();
      expect(await typesTold(ana)).toEqual(['REGISTRATION_CONFIRMED']);
      const moved = { ...event, version: 3, venue: 'A-Trane' };
      for (let time = 0; time < 2; time++) await deliverTo(messaging, 'event.changed', moved);
      await settle();
      await deliverTo(messaging, 'event.cancelled', { eventId: event.eventId, version: 9 });
      await settle();
      expect(await typesTold(ana)).toEqual(['EVENT_CANCELLED', 'EVENT_CHANGED', 'REGISTRATION_CONFIRMED']);
      expect(await told(ben)).toEqual([]);
    });

    it('say nothing of changes to one that is over', async () => {
      const [ana] = await people();
      const event = anEvent({ startsAt: '2026-05-01T12:00:00.000Z', endsAt: '2026-05-01T14:00:00.000Z' });
      await deliverTo(messaging, 'event.published', event);
      await register(event, ana);
      await deliverTo(messaging, 'event.changed', { ...event, version: 2, venue: null });
      await settle();
      expect(await typesTold(ana)).toEqual(['REGISTRATION_CONFIRMED']);
    });

    it('do not tell who gave the place back, or handed the ticket over', async () => {
      const [ana, ben] = await people();
      const event = anEvent();
      const registrationId = aNew(registrationIds);
      await register(event, ana, registrationId);
      const given = {
        ...{ registrationId, eventId: event.eventId, userId: ana.publicId },
        cancelledAt: later,
      };
      await deliverTo(messaging, 'registration.cancelled', given);
      const ticket = {
        ...{ ticketId: aNew(ticketIds), purchaseId: 'pur_1', eventId: event.eventId },
        issuedAt: at,
      };
      await deliverTo(messaging, 'ticket.issued', { ...ticket, holderId: ana.publicId, codeVersion: 1 });
      await deliverTo(messaging, 'ticket.issued', { ...ticket, holderId: ben.publicId, codeVersion: 2 });
      await deliverTo(messaging, 'event.cancelled', { eventId: event.eventId, version: 9 });
      await settle();
      expect(await typesTold(ana)).not.toContain('EVENT_CANCELLED');
      expect(await typesTold(ben)).toContain('EVENT_CANCELLED');
    });

    it('tell everybody of an event of many, page by page', async () => {
      const { eventId } = anEvent();
      const admissions = Array.from({ length: 401 }, () => ({
        id: registrationIds.create(),
        eventId: eventIds.decode(eventId),
        personId: registrationIds.create(),
      }));
      const twice = { ...admissions[0]!, id: registrationIds.create() };
      await messaging.db.admission.createMany({ data: [...admissions, twice] });
      await deliverTo(messaging, 'event.cancelled', { eventId, version: 9 });
      await settle();
      const where = { type: 'EVENT_CANCELLED', subjectId: eventIds.decode(eventId) } as const;
      expect(await messaging.db.notification.count({ where })).toBe(401);
    });
  });

  describe('of messages that wait', () => {
    const minutes = (count: number) => messaging.clock.advance(count * 60_000);
    const look = () => runTask(messaging, 'tellMissedMessages');
    async function say(sender: Member, id: string) {
      const answer = await messaging.given.message(sender, id);
      const { id: messageId, sequence, sentAt } = answer.data.sendMessage.message;
      const data = { messageId, conversationId: id, senderId: sender.publicId, sequence, sentAt };
      await deliverTo(messaging, 'message.sent', data);
    }
    const markRead = (person: Member, conversationId: string, upToSequence: number) =>
      person.execute(
        'mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) { userErrors { code } } }',
        { input: { conversationId, upToSequence } },
      );

    it('tell after five minutes, once until the person reads on', async () => {
      const [ana, ben] = await people();
      const id = await messaging.given.conversation(ana, ben);
      await say(ana, id);
      minutes(4);
      await look();
      expect(await told(ben)).toEqual([]);
      minutes(1);
      await look();
      const notice = {
        ...{ type: 'MESSAGES_MISSED', actor: { id: ana.publicId } },
        subject: { __typename: 'Conversation', id },
      };
      expect(await told(ben)).toEqual([notice]);
      await say(ana, id);
      minutes(5);
      await look();
      expect(await told(ben)).toEqual([notice]);
      await markRead(ben, id, 2);
      await say(ana, id);
      minutes(5);
      await look();
      expect(await told(ben)).toEqual([notice, notice]);
      expect(await told(ana)).toEqual([]);
    });

    it('give a message that came later its own five minutes', async () => {
      const [ana, ben] = await people();
      const id = await messaging.given.conversation(ana, ben);
      await say(ana, id);
      await markRead(ben, id, 1);
      minutes(3);
      await say(ana, id);
      minutes(2);
      await look();
      expect(await told(ben)).toEqual([]);
      minutes(3);
      await look();
      expect(await typesTold(ben)).toEqual(['MESSAGES_MISSED']);
    });

    it('tell of a conversation once when two workers look', async () => {
      const [ana, ben] = await people();
      const id = await messaging.given.conversation(ana, ben);
      await say(ana, id);
      minutes(5);
      await Promise.all([look(), look()]);
      expect(await messaging.db.missedCheck.count()).toBe(0);
      const where = { recipientId: ben.id, subjectId: conversationIds.decode(id) };
      expect(await messaging.db.notification.count({ where })).toBe(1);
    });
  });

  it('tell members of each year, on its day', async () => {
    const days: Record<string, string> = {
      'one year ago': '2025-06-01T23:59:59.000Z',
      'a day too late': '2025-06-02T00:00:00.000Z',
      today: '2026-06-01T01:00:00.000Z',
      'on 29 February': '2024-02-29T12:00:00.000Z',
    };
    const members: Record<string, Member> = {};
    for (const [name, registeredAt] of Object.entries(days)) {
      members[name] = await messaging.given.member();
      await messaging.db.member.update({ where: { id: members[name].id }, data: { registeredAt } });
    }
    const at = messaging.clock.now().getTime();
    messaging.clock.advance(Date.parse('2026-06-01T08:10:00.000Z') - at);
    for (let time = 0; time < 2; time++) await runTask(messaging, 'tellAnniversaries');
    for (const name of Object.keys(days))
      expect([name, await typesTold(members[name]!)]).toEqual([
        name,
        name === 'one year ago' ? ['MEMBERSHIP_ANNIVERSARY'] : [],
      ]);
    messaging.clock.advance(Date.parse('2027-02-28T08:10:00.000Z') - messaging.clock.now().getTime());
    await runTask(messaging, 'tellAnniversaries');
    expect(await typesTold(members['on 29 February']!)).toEqual(['MEMBERSHIP_ANNIVERSARY']);
  });
});
