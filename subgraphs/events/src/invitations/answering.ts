import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { EventInvitation } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { lockEvent } from '../steering.js';
import { isStanding, missing, readToken } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
}

/** What those do who are asked. */
export function createAnswering({ db, clock, secret }: Dependencies) {
  /** Locks the event of an invitation, then answers the invitation as it is. */
  async function lock(tx: Transaction, id: string): Promise<EventInvitation | null> {
    const known = await tx.eventInvitation.findUnique({ where: { id } });
    if (!known) return null;
    await lockEvent(tx, known.eventId);
    return tx.eventInvitation.findUnique({ where: { id } });
  }

  /** Whoever read the mail is the one who was meant: the first member who brings the token, and nobody after. */
  const redeem = (viewer: Viewer, token: string): Promise<EventInvitation> =>
    db.$transaction(async (tx) => {
      const id = readToken(token, secret);
      const invitation = id && (await lock(tx, id));
      if (!invitation || (invitation.userId && invitation.userId !== viewer.id)) throw missing('token');
      if (invitation.userId) return invitation;
      if (!isStanding(invitation, clock.now())) throw missing('token');
      const { eventId } = invitation;
      const standing = { eventId, userId: viewer.id, status: 'PENDING' as const };
      // One who was invited by name as well has one invitation, the one that lasts.
      await tx.eventInvitation.updateMany({ where: standing, data: { status: 'REVOKED' } });
      return tx.eventInvitation.update({
        where: { id: invitation.id },
        data: { userId: viewer.id, email: null },
      });
    });

  const decline = (viewer: Viewer, id: string): Promise<EventInvitation> =>
    db.$transaction(async (tx) => {
      const invitation = await lock(tx, id);
      if (invitation?.userId !== viewer.id) throw missing('invitationId');
      if (invitation.status === 'DECLINED') return invitation;
      if (!isStanding(invitation, clock.now()))
        throw new AppError('CONFLICT', 'The invitation stands no more.', { payload: { invitation } });
      return tx.eventInvitation.update({ where: { id }, data: { status: 'DECLINED' } });
    });

  return { redeem, decline };
}

/** A person who was invited registered. The event is locked. */
export async function acceptInvitation(
  tx: Transaction,
  { eventId, userId }: { eventId: string; userId: string },
): Promise<void> {
  await tx.eventInvitation.updateMany({
    where: { eventId, userId, status: 'PENDING' },
    data: { status: 'ACCEPTED' },
  });
}
