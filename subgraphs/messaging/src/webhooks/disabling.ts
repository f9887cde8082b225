import type { Audit, Clock, Outbox } from '@diaspora/kit';
import type { Webhook } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { webhookIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import type { Telling } from '../notifications/index.js';
import { superUsersAnd } from '../super-users.js';

export type Disabling = ReturnType<typeof createDisabling>;

interface Dependencies {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox<MessagingMessages>;
  readonly telling: Pick<Telling, 'tellAll'>;
}

/** What happens when nothing is taken at a webhook any more: those who run the platform are told. Under its lock. */
export const createDisabling = ({ clock, audit, outbox, telling }: Dependencies) => ({
  async disable(tx: Transaction, { id, createdById }: Webhook, reason: 'FAILING' | 'GONE'): Promise<void> {
    const disabledAt = clock.now();
    await tx.webhook.update({
      where: { id },
      data: { status: 'DISABLED', disabledReason: reason, disabledAt, version: { increment: 1 } },
    });
    const webhookId = webhookIds.encode(id);
    await audit.record(tx, {
      action: 'webhook.disabled',
      subject: { type: 'Webhook', id: webhookId },
      after: { reason },
    });
    const data = { webhookId, reason, disabledAt: disabledAt.toISOString() };
    await outbox.publish(tx, { type: 'webhook.disabled', key: webhookId, data });
    const recipients = await superUsersAnd(tx, createdById);
    await telling.tellAll(
      tx,
      recipients.map((recipientId) => ({
        ...{ recipientId, type: 'WEBHOOK_DISABLED', occasion: `${webhookId}:${data.disabledAt}` },
        ...{ subjectType: 'WEBHOOK', subjectId: id, actorId: null },
      })),
    );
  },
});
