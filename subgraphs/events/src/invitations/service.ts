import type { Audit, Clock, Mailer, Outbox, Page, Viewer } from '@diaspora/kit';
import type { EventInvitation } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { EventsMessages } from '../messages.js';
import { createAnswering } from './answering.js';
import { createInviting } from './inviting.js';
import { isStanding, tokenOf } from './rules.js';

export type Invitations = ReturnType<typeof createInvitations>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
  readonly mailer: Mailer;
  readonly secret: string;
}

export function createInvitations(dependencies: Dependencies) {
  const { db, clock, mailer, secret } = dependencies;

  /** The job: sends the token to the address. One that was taken back or redeemed meanwhile is not sent. */
  async function mail(id: string): Promise<void> {
    const invitation = await db.eventInvitation.findUnique({ where: { id }, include: { event: true } });
    if (!invitation?.email || !isStanding(invitation, clock.now())) return;
    const inviter = await db.person.findUnique({ where: { userId: invitation.invitedById } });
    const { title, startsAtLocal, timeZone } = invitation.event;
    const who = inviter?.displayName ?? 'The organizers';
    const at = startsAtLocal.toISOString().slice(0, 16).replace('T', ' ');
    await mailer.send({
      id: `event-invitation:${id}`,
      to: invitation.email,
      subject: `${who} invites you to ${title}`,
      text: [
        `${who} invites you to ${title} (${at}, ${timeZone}).`,
        `Sign in to the community and enter this code to see the event and to register:`,
        tokenOf(id, secret),
        'It is for you alone and works once.',
      ].join('\n\n'),
    });
  }

  /** The job: nobody needs the address any more. That it can be used no more follows from its time. */
  async function expire(id: string): Promise<void> {
    await db.eventInvitation.updateMany({
      where: { id, status: 'PENDING', expiresAt: { lte: clock.now() } },
      data: { status: 'EXPIRED', email: null },
    });
  }

  const statusOf = (invitation: EventInvitation): EventInvitation['status'] =>
    invitation.status === 'PENDING' && !isStanding(invitation, clock.now()) ? 'EXPIRED' : invitation.status;

  const listOf = (eventId: string, page: Page): Promise<EventInvitation[]> => find({ eventId }, page);

  const listFor = (viewer: Viewer, page: Page): Promise<EventInvitation[]> =>
    find({ userId: viewer.id, status: 'PENDING', expiresAt: { gt: clock.now() } }, page);

  const find = (where: object, page: Page): Promise<EventInvitation[]> =>
    db.eventInvitation.findMany({
      where: { AND: [where, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return {
    ...createInviting(dependencies),
    ...createAnswering(dependencies),
    mail,
    expire,
    statusOf,
    listOf,
    listFor,
  };
}
