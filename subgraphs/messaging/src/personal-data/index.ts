import type { Clock, PersonalData } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { endDirectLiveLocations } from '../live-location/index.js';
import { createExport } from './exporting.js';
import { eraseNotifying } from './notifying.js';

/**
 * What messaging keeps of a person. They leave every group. Of what they said the places stay, or conversations of others would have gaps; what
 * others said to them stays with the others.
 */
export const createMessagingPersonalData = ({
  db,
  clock,
  depart,
}: {
  readonly db: Db;
  readonly clock: Clock;
  /** Takes the person out of groups and conversations of events. */
  readonly depart: (tx: Transaction, personId: string) => Promise<void>;
}): PersonalData<Transaction> => ({
  exportOf: createExport(db),
  erase: async (tx, personId) => {
    const erasedAt = clock.now();
    // Known from now on as somebody to whom nobody writes, also where registration was never told.
    await tx.member.upsert({
      where: { id: personId },
      create: { id: personId, registeredAt: erasedAt, erasedAt },
      update: { erasedAt },
    });
    await depart(tx, personId);
    await endDirectLiveLocations(tx, personId, erasedAt);
    await tx.joinRequest.deleteMany({ where: { userId: personId } });
    await tx.eventPlace.deleteMany({ where: { userId: personId } });
    const messages = await tx.$executeRaw`
      UPDATE messages SET text = '', system = system - 'name', client_message_id = id::text, erased_at = ${erasedAt},
        body_hash = NULL, reply_to_id = NULL, mention_ids = '{}', media_ids = '{}', media_owner_id = NULL,
        contact_id = NULL, latitude = NULL, longitude = NULL, place_label = NULL
      WHERE sender_id = ${personId}::uuid AND erased_at IS NULL`;
    const { count: notifications } = await tx.notification.deleteMany({
      where: { OR: [{ recipientId: personId }, { actorId: personId }] },
    });
    await tx.admission.deleteMany({ where: { personId } });
    await tx.messageEdit.deleteMany({ where: { message: { senderId: personId } } });
    await tx.draft.deleteMany({ where: { userId: personId } });
    await tx.scheduledMessage.deleteMany({ where: { senderId: personId } });
    await tx.messageReaction.deleteMany({ where: { userId: personId } });
    await tx.hiddenMessage.deleteMany({ where: { userId: personId } });
    await tx.messagingSettings.deleteMany({ where: { personId } });
    await eraseNotifying(tx, personId);
    await tx.superUser.deleteMany({ where: { personId } });
    await tx.suspension.deleteMany({ where: { personId } });
    // That they are gone is still told.
    await tx.webhookEvent.deleteMany({
      where: { personIds: { has: personId }, NOT: { type: 'user.erasureRequested' } },
    });
    await tx.messageAllowance.deleteMany({ where: { senderId: personId } });
    await tx.block.deleteMany({ where: { OR: [{ blockerId: personId }, { blockedId: personId }] } });
    await tx.contactRule.deleteMany({ where: { personId } });
    await tx.friendship.deleteMany({ where: { OR: [{ lowId: personId }, { highId: personId }] } });
    return { messages, notifications };
  },
});
