import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { officeIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = `{ notifications(first: 20) { nodes { type actor { id } subject { __typename id } } } }`;

describe('notices about people and offices', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging();
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
  });
  afterAll(() => messaging.stop());

  const deliver = (type: string, data: object) => deliverTo(messaging, type, data);
  const told = async (person: Member) => (await person.execute(list)).data.notifications.nodes;

  it.each([
    ['FRIEND_REQUESTED', 'user.friendRequested'],
    ['FRIEND_ACCEPTED', 'user.connected'],
    ['FOLLOWED', 'user.followed'],
  ])('%s tells the other of the person, once', async (type, message) => {
    const [person, other] = [await messaging.given.member(), await messaging.given.member()];
    const tie = { personId: person.publicId, otherId: other.publicId, version: 1 };
    await deliver(message, tie);
    await deliver(message, tie);
    const subject = { __typename: 'User', id: person.publicId };
    expect(await told(other)).toEqual([{ type, actor: { id: person.publicId }, subject }]);
    expect(await told(person)).toEqual([]);
  });

  it('tell deciders of an application, and the applicant of the decision', async () => {
    const application = { applicationId: 'oap_1', userId: ana.publicId };
    await deliver('office.applied', { ...application, deciderIds: [ben.publicId] });
    expect(await told(ben)).toEqual([
      {
        ...{ type: 'OFFICE_APPLIED', actor: { id: ana.publicId } },
        subject: { __typename: 'User', id: ana.publicId },
      },
    ]);
    await deliver('office.applicationDecided', { ...application, deciderId: ben.publicId });
    expect((await told(ana))[0]).toEqual({
      ...{ type: 'OFFICE_APPLICATION_DECIDED', actor: { id: ben.publicId } },
      subject: { __typename: 'User', id: ben.publicId },
    });
  });

  it('tell whoever can confirm a consul, each time it is needed, and the holder of an end', async () => {
    const [root, consul] = [await messaging.given.member(), await messaging.given.member()];
    const officeId = officeIds.encode(officeIds.create());
    const office = { officeId, userId: consul.publicId };
    for (const since of ['2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00.000Z', '2027-06-01T12:00:00.000Z'])
      await deliver('office.needsConfirmation', { ...office, since, confirmerIds: [root.publicId] });
    const subject = { __typename: 'Office', id: officeId };
    const notice = { type: 'OFFICE_NEEDS_CONFIRMATION', actor: null, subject };
    expect(await told(root)).toEqual([notice, notice]);
    await deliver('office.ended', office);
    expect(await told(consul)).toEqual([{ type: 'OFFICE_ENDED', actor: null, subject }]);
  });
});
