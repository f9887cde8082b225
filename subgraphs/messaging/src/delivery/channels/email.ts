import { hourMs, type Clock, type Outbox } from '@diaspora/kit';
import { userIds } from '../../ids.js';
import type { MessagingMessages } from '../../messages.js';
import { traitsOf } from '../../notification-preferences/index.js';
import { mailBody } from '../mail-body.js';
import type { UnsubscribeLinks } from '../unsubscribe-links.js';
import type { ChannelAdapter, Parcel } from './channel.js';

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly links: UnsubscribeLinks;
}

/** A request that was not looked at for so long is asked for again, by whoever looks first whether it still matters. */
const goodForMs = hourMs;

/** Users mail it, who alone know the address: asked in the transaction of the attempt, so exactly once for each. */
export function createEmailChannel({ clock, outbox, links }: Dependencies): ChannelAdapter {
  const handOver = async (tx: Parameters<typeof outbox.publish>[0], parcel: Parcel): Promise<void> => {
    const { attemptId, delivery, notifications, letter } = parcel;
    const [first] = notifications;
    const isAll = notifications.length > 1;
    const canEnd = !notifications.some(({ type }) => traitsOf[type].isSecurity);
    const url = canEnd ? links.of(delivery.recipientId, isAll ? null : first!.type) : null;
    const userId = userIds.encode(delivery.recipientId);
    await outbox.publish(tx, {
      type: 'mail.requested',
      key: userId,
      data: {
        ...{ mailId: attemptId, userId, subject: letter.subject },
        namedIds: notifications.flatMap(({ actorId }) => (actorId ? userIds.encode(actorId) : [])),
        ...mailBody(letter, url === null ? null : { url, isAll }),
        file: null,
        unsubscribeUrl: url,
        sendBefore: new Date(clock.now().getTime() + goodForMs).toISOString(),
      },
    });
  };
  return { open: async () => ({ provider: 'users', handOver }) };
}
