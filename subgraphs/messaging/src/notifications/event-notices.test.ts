import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `{ notifications(first: 20) { nodes { type actor { id } subject { __typename id } } } }`;
const at = '2026-06-01T12:00:00.000Z';

describe('notices about events', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());

  const deliver = (type: string, data: object) => deliverTo(messaging, type, data);
  const told = async (person: Member) => (await person.execute(list)).data.notifications.nodes;
  const anEvent = () => {
    const eventId = eventIds.encode(eventIds.create());
    return { eventId, subject: { __typename: 'Event', id: eventId } };
  };

  it('remind each participant once for a start, and again when the event was moved', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const { eventId, subject } = anEvent();
    const participantIds = [ana.publicId, ben.publicId];
    for (const startsAt of [at, at, '2026-07-01T12:00:00.000Z'])
      await deliver('event.reminderDue', { eventId, startsAt, minutesBefore: 60, participantIds });
    const notice = { type: 'EVENT_REMINDER', actor: null, subject };
    expect(await told(ana)).toEqual([notice, notice]);
    expect(await told(ben)).toEqual([notice, notice]);
  });

  it('tell of an offer each time there is one, and of an invitation by whom', async () => {
    const [ana, host] = [await messaging.given.member(), await messaging.given.member()];
    const { eventId, subject } = anEvent();
    const offer = { entryId: 'wle_1', eventId, userId: ana.publicId };
    for (const offeredAt of [at, at, '2026-06-02T12:00:00.000Z'])
      await deliver('waitlist.offered', { ...offer, offeredAt });
    const invitation = { invitationId: 'inv_1', eventId, userId: ana.publicId, inviterId: host.publicId };
    await deliver('eventInvitation.sent', invitation);
    const offered = { type: 'WAITLIST_OFFERED', actor: null, subject };
    const invited = { type: 'EVENT_INVITED', actor: { id: host.publicId }, subject };
    expect(await told(ana)).toEqual([invited, offered, offered]);
  });

  it('tell organizers who asks for a place, and who asked that it was declined', async () => {
    const [ana, host] = [await messaging.given.member(), await messaging.given.member()];
    const { eventId, subject } = anEvent();
    const registration = { registrationId: 'reg_1', eventId, userId: ana.publicId };
    await deliver('registration.requested', {
      ...registration,
      deciderIds: [host.publicId],
      requestedAt: at,
    });
    for (const isApproved of [true, false])
      await deliver('registration.decided', { ...registration, isApproved, decidedAt: at });
    const requested = { type: 'REGISTRATION_REQUESTED', actor: { id: ana.publicId }, subject };
    expect(await told(host)).toEqual([requested]);
    expect(await told(ana)).toEqual([{ type: 'REGISTRATION_DECLINED', actor: null, subject }]);
  });
});
