import { inPages, type Archive } from '@diaspora/kit';
import type { Delivery, DeliveryAttempt } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { deliveryIds, deviceIds } from '../ids.js';
import { referenceTo } from '../subjects.js';

/** How the person wants to hear of things, where, and what became of it. No tokens and no addresses of chats. */
export async function exportNotifying(db: Db, personId: string, archive: Archive): Promise<void> {
  await archive.records('notification-preferences', await preferencesOf(db, personId));
  await archive.records('devices', await devicesOf(db, personId));
  const chats = await db.chatWebhook.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  const shown = chats.map(({ name, status, createdAt }) => ({ name, status, createdAt }));
  await archive.records('chats', shown);
  await archive.records('deliveries', deliveriesOf(db, personId));
}

async function preferencesOf(db: Db, personId: string) {
  const where = { personId };
  const times = await db.notificationTimes.findUnique({ where });
  const silences = await db.silence.findMany({ where, orderBy: { objectId: 'asc' } });
  const choices = [
    ...(await db.channelPreference.findMany({ where, orderBy: { channel: 'asc' } })),
    ...(await db.typePreference.findMany({ where, orderBy: [{ type: 'asc' }, { channel: 'asc' }] })),
    ...(times ? [times] : []),
  ];
  return [
    ...choices.map(({ personId: _self, ...choice }) => choice),
    ...silences.map(({ objectType, objectId, kind, endsAt, createdAt }) => ({
      ...{ silenced: referenceTo({ subjectType: objectType, subjectId: objectId }).id },
      ...{ kind, endsAt, createdAt },
    })),
  ];
}

async function devicesOf(db: Db, personId: string) {
  const devices = await db.device.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  return devices.map(({ id, platform, name, createdAt, registeredAt }) => ({
    ...{ id: deviceIds.encode(id), platform, name, createdAt, registeredAt },
  }));
}

type WithAttempts = Delivery & { readonly attempts: readonly DeliveryAttempt[] };

async function* deliveriesOf(db: Db, recipientId: string) {
  const deliveries = inPages<WithAttempts>((after, take) =>
    db.delivery.findMany({
      where: { recipientId, ...(after && { id: { gt: after.id } }) },
      include: { attempts: true },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, channel, status, reason, createdAt, settledAt, attempts } of deliveries)
    yield {
      ...{ id: deliveryIds.encode(id), channel, status, reason, createdAt, settledAt },
      attempts: attempts.map(({ number, provider, startedAt, endedAt, outcome }) => ({
        ...{ number, provider, startedAt, endedAt, outcome },
      })),
    };
}

/** Digests and attempts go with their deliveries. */
export async function eraseNotifying(tx: Transaction, personId: string): Promise<void> {
  await tx.delivery.deleteMany({ where: { recipientId: personId } });
  await tx.device.deleteMany({ where: { personId } });
  await tx.chatWebhook.deleteMany({ where: { personId } });
  await tx.channelPreference.deleteMany({ where: { personId } });
  await tx.typePreference.deleteMany({ where: { personId } });
  await tx.notificationTimes.deleteMany({ where: { personId } });
  await tx.silence.deleteMany({ where: { personId } });
  await tx.knownPerson.deleteMany({ where: { id: personId } });
  await tx.follow.deleteMany({ where: { OR: [{ followerId: personId }, { followedId: personId }] } });
}
