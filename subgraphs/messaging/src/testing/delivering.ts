import { minuteMs } from '@diaspora/kit';
import { createECDH, randomBytes } from 'node:crypto';
import type { NotificationType } from '../__generated__/prisma/client.js';
import { commentIds, postIds } from '../ids.js';
import { deliverTo, runDue } from './bus.js';
import type { Member, Messaging } from './given.js';

/** A browser with the keys of its subscription. */
export function aBrowser(origin: string) {
  const curve = createECDH('prime256v1');
  const auth = randomBytes(16);
  const p256dh = curve.generateKeys();
  const token = randomBytes(8).toString('hex');
  return {
    curve,
    auth,
    webPush: {
      endpoint: `${origin}/push/${token}`,
      p256dh: p256dh.toString('base64url'),
      auth: auth.toString('base64url'),
    },
  };
}

export const register = `mutation ($input: RegisterNotificationDeviceInput!) {
  registerNotificationDevice(input: $input) { device { id installationId platform name } userErrors { code path message } }
}`;

/** What tests of delivery do over and over. */
export function delivering(messaging: Messaging) {
  const { db, given } = messaging;
  let installations = 0;

  /** Somebody whose name and language are known. */
  async function person(displayName = 'Ana', languages = ['en']): Promise<Member> {
    const member = await given.member();
    await db.knownPerson.create({ data: { id: member.id, displayName, languages, version: 1 } });
    return member;
  }

  async function comment(on: Member, by: Member, postId = postIds.encode(postIds.create())) {
    const commentId = commentIds.encode(commentIds.create());
    await deliverTo(messaging, 'comment.added', {
      ...{ commentId, postId, postAuthorId: on.publicId, authorId: by.publicId },
    });
    return { postId };
  }

  async function device(of: Member, origin: string) {
    const browser = aBrowser(origin);
    const input = { installationId: `browser-${++installations}`, platform: 'WEB', webPush: browser.webPush };
    const answer = await of.execute(register, { input });
    return { ...browser, id: answer.data.registerNotificationDevice.device.id as string };
  }

  const choose = (of: Member, input: { type?: NotificationType; channel: string; cadence: string | null }) =>
    of.execute(
      `mutation ($input: SetNotificationRuleInput!) { setNotificationRule(input: $input) { userErrors { code path } } }`,
      { input },
    );

  const setTimes = (of: Member, input: object) =>
    of.execute(
      `mutation ($input: SetNotificationTimesInput!) {
        setNotificationTimes(input: $input) { preferences { times { timeZone digestHour quietHours { from until } } } userErrors { code path } }
      }`,
      { input },
    );

  const deliveriesTo = ({ id: recipientId }: Member, channel?: 'PUSH' | 'EMAIL' | 'SLACK') =>
    db.delivery.findMany({
      where: { recipientId, ...(channel && { channel }) },
      include: { attempts: { orderBy: { number: 'asc' } } },
      orderBy: { id: 'asc' },
    });

  const mailsTo = ({ publicId }: Member) => messaging.published(publicId, 'mail.requested');
  const settle = (mailId: unknown, outcome: string) =>
    deliverTo(messaging, 'mail.settled', { mailId, outcome });
  const work = () => runDue(messaging, 'deliver');
  const pass = (minutes: number) => messaging.clock.advance(minutes * minuteMs);

  return { person, comment, device, choose, setTimes, deliveriesTo, mailsTo, settle, work, pass };
}
