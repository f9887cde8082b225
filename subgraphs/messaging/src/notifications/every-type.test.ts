import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NotificationType } from '../__generated__/prisma/client.js';
import { createLetters } from '../delivery/letters.js';
import { mailBody } from '../delivery/mail-body.js';
import {
  commentIds,
  invoiceIds,
  officeIds,
  orderIds,
  postIds,
  registrationIds,
  seriesIds,
  sessionIds,
  ticketIds,
  webhookIds,
} from '../ids.js';
import { deliverSent, deliverTo, runAdded, runTask } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Messaging } from '../testing/given.js';
import {
  at,
  later,
  aNew,
  told,
  tied,
  office,
  own,
  event,
  plan,
  attended,
  does,
  wishOf,
  decided,
  type Source,
} from '../testing/happenings.js';
import { partnering } from '../testing/webhooks.js';
import { catalogue, type Language } from '../words/index.js';

const list = `{ notifications(first: 20) { nodes { type actor { id } subject { __typename id } } } }`;
const nobodyListens = '127.0.0.1:2';

/** What makes each type. A new one does not compile without a line here. */
const sources: Readonly<Record<NotificationType, Source>> = {
  POST_COMMENTED: {
    ...{ by: 'ben', about: 'Comment' },
    happens: told(
      'comment.added',
      ({ ana, ben, id }) => ({ commentId: id, postId: aNew(postIds), postAuthorId: ana, authorId: ben }),
      commentIds,
    ),
  },
  POST_REACTED: {
    ...{ by: 'ben', about: 'Post' },
    happens: told(
      'reaction.added',
      ({ ana, ben, id }) => ({ postId: id, postAuthorId: ana, userId: ben }),
      postIds,
    ),
  },
  OFFICE_APPOINTED: {
    ...{ by: 'ben', about: 'Office' },
    happens: told(
      'office.appointed',
      ({ ana, ben, id }) => ({ officeId: id, userId: ana, appointerId: ben }),
      officeIds,
    ),
  },
  OFFICE_ENDED: office('office.ended'),
  OFFICE_NEEDS_CONFIRMATION: {
    ...{ by: null, about: 'Office' },
    happens: told(
      'office.needsConfirmation',
      ({ ana, ben, id }) => ({ officeId: id, userId: ben, since: at, confirmerIds: [ana] }),
      officeIds,
    ),
  },
  OFFICE_EXTENDED: office('office.extended', { endsAt: null }),
  OFFICE_CONFIRMED: office('office.confirmed', { confirmedAt: at }),
  OFFICE_REVIEWED: office('office.reviewed', {}, 'ben'),
  MANDATE_AT_RISK: office('office.mandateAtRisk', { endsAt: at, superiorIds: [] }),
  CONSUL_MANDATE_AT_RISK: {
    ...{ by: 'ben', about: 'Office' },
    happens: told(
      'office.mandateAtRisk',
      ({ ana, ben, id }) => ({ officeId: id, userId: ben, endsAt: at, superiorIds: [ana] }),
      officeIds,
    ),
  },
  OFFICE_APPLIED: {
    ...{ by: 'ben', about: 'User' },
    happens: async (world) => {
      await told('office.applied', ({ ana, ben }) => ({
        applicationId: 'oap',
        userId: ben,
        deciderIds: [ana],
      }))(world);
      return world.ben.publicId;
    },
  },
  OFFICE_APPLICATION_DECIDED: {
    ...{ by: 'ben', about: 'User' },
    happens: async (world) => {
      const decision = ({ ana, ben }: { ana: string; ben: string }) => ({ userId: ana, deciderId: ben });
      await told('office.applicationDecided', (people) => ({ applicationId: 'oap', ...decision(people) }))(
        world,
      );
      return world.ben.publicId;
    },
  },
  FRIEND_REQUESTED: { by: 'ben', about: 'User', happens: tied('user.friendRequested') },
  FRIEND_ACCEPTED: { by: 'ben', about: 'User', happens: tied('user.connected') },
  FOLLOWED: { by: 'ben', about: 'User', happens: tied('user.followed') },
  SUPER_USER_PROPOSED: {
    ...{ by: 'ben', about: 'User' },
    happens: async (world) => {
      await told('superUser.proposed', ({ ana, ben }) => ({
        ...{ changeId: 'suc_1', kind: 'GRANT', userId: ben, proposerId: ben, confirmerIds: [ana] },
      }))(world);
      return world.ben.publicId;
    },
  },
  SUPER_USER_CHANGED: own('superUser.changed', { isSuperUser: true, changedAt: at }),
  EVENT_OWNER_CHANGED: own('user.eventOwnerChanged', { isEventOwner: true, changedAt: at }),
  SESSION_COPIED: own('session.revoked', { sessionId: aNew(sessionIds), reason: 'REFRESH_TOKEN_REPLAYED' }),
  ACCOUNT_LOOKED_AT: own('impersonation.started', { impersonationId: 'imp_1' }),
  FACTOR_RESET_OPENED: own('factorReset.opened', { resetId: 'frs_1', dueAt: at }),
  CALENDAR_DISCONNECTED: own('calendar.disconnected', { connectionId: 'cal_1', disconnectedAt: at }),
  REGISTRATION_CONFIRMED: event('registration.confirmed', ({ ana }) => ({
    ...{ registrationId: aNew(registrationIds), userId: ana, confirmedAt: at },
  })),
  REGISTRATION_REQUESTED: event(
    'registration.requested',
    ({ ana, ben }) => ({ registrationId: 'reg_1', userId: ben, deciderIds: [ana], requestedAt: at }),
    'ben',
  ),
  REGISTRATION_DECLINED: event('registration.decided', ({ ana }) => ({
    ...{ registrationId: 'reg_1', userId: ana, isApproved: false, decidedAt: at },
  })),
  WAITLIST_OFFERED: event('waitlist.offered', ({ ana }) => ({ entryId: 'w', userId: ana, offeredAt: at })),
  EVENT_INVITED: event(
    'eventInvitation.sent',
    ({ ana, ben }) => ({ invitationId: 'inv_1', userId: ana, inviterId: ben }),
    'ben',
  ),
  EVENT_REMINDER: event('event.reminderDue', ({ ana }) => ({
    ...{ startsAt: at, minutesBefore: 60, participantIds: [ana] },
  })),
  EVENT_CHANGED: attended('event.changed', { version: 2, venue: 'A-Trane' }),
  EVENT_CANCELLED: attended('event.cancelled', { version: 2 }),
  CO_HOST_INVITED: event(
    'coHost.invited',
    ({ ana, ben }) => ({ userId: ana, invitedById: ben, invitedAt: at }),
    'ben',
  ),
  TICKET_ISSUED: event('ticket.issued', ({ ana }) => ({
    ...{ ticketId: aNew(ticketIds), purchaseId: 'pur_1', holderId: ana, issuedAt: at, codeVersion: 1 },
  })),
  TICKET_REFUNDED: event('ticket.refunded', ({ ana }) => ({
    ...{ ticketId: aNew(ticketIds), purchaseId: 'pur_1', holderId: ana, refundedAt: at },
  })),
  TICKET_OFFERED: event(
    'ticket.transferOffered',
    ({ ana, ben }) => ({ transferId: 'trf_1', fromId: ben, toId: ana }),
    'ben',
  ),
  SERIES_PAUSED: {
    ...{ by: null, about: 'EventSeries' },
    happens: told(
      'series.paused',
      ({ ana, id }) => ({ seriesId: id, organizerId: ana, reason: 'OFFICE_ENDED', pausedAt: at }),
      seriesIds,
    ),
  },
  SUBSCRIPTION_ACTIVATED: plan('subscription.activated', { planCode: 'PREMIUM' }),
  SUBSCRIPTION_PAST_DUE: plan('subscription.pastDue', { nextAttemptAt: later }),
  SUBSCRIPTION_UNPAID: plan('subscription.ended', { endedAt: at, reason: 'UNPAID' }),
  PAYMENT_REFUNDED: plan('payment.refunded', { refundId: 'rfd_1', orderId: null }),
  PAYMENT_FAILED: {
    ...{ by: null, about: 'Order' },
    happens: told(
      'payment.failed',
      ({ ana, id }) => ({ paymentId: 'pay_1', subscriptionId: null, orderId: id, userId: ana, failedAt: at }),
      orderIds,
    ),
  },
  INVOICE_ISSUED: {
    ...{ by: null, about: 'Invoice' },
    happens: told(
      'invoice.finalised',
      ({ ana, id }) => ({ invoiceId: id, userId: ana, kind: 'INVOICE' }),
      invoiceIds,
    ),
  },
  MEMBERSHIP_ANNIVERSARY: {
    ...{ by: null, about: 'User' },
    happens: async ({ messaging, ana }) => {
      const registeredAt = new Date(messaging.clock.now());
      registeredAt.setUTCFullYear(registeredAt.getUTCFullYear() - 1);
      await messaging.db.member.update({ where: { id: ana.id }, data: { registeredAt } });
      for (let time = 0; time < 2; time++) await runTask(messaging, 'tellAnniversaries');
      return ana.publicId;
    },
  },
  MESSAGES_MISSED: {
    ...{ by: 'ben', about: 'Conversation' },
    happens: async ({ messaging, ana, ben }) => {
      const id = await messaging.given.conversation(ben, ana);
      await messaging.given.message(ben, id);
      await deliverSent(messaging, id);
      messaging.clock.advance(5 * 60_000);
      for (let time = 0; time < 2; time++) await runTask(messaging, 'tellMissedMessages');
      return id;
    },
  },
  MESSAGE_REQUESTED: {
    ...{ by: 'ben', about: 'Conversation' },
    happens: async ({ messaging, ana, ben }) => {
      const answer = await does(
        ben,
        'openDirectConversation',
        { userId: ana.publicId },
        'conversation { id }',
      );
      const { id } = answer.data.openDirectConversation.conversation;
      await messaging.given.message(ben, id);
      await deliverSent(messaging, id);
      return id;
    },
  },
  SCHEDULED_MESSAGE_FAILED: {
    ...{ by: null, about: 'Conversation' },
    happens: async ({ messaging, ana, ben }) => {
      const id = await messaging.given.conversation(ana, ben);
      const sendAt = new Date(messaging.clock.now().getTime() + 3_600_000);
      await does(ana, 'scheduleMessage', {
        conversationId: id,
        clientMessageId: 'later',
        text: 'Hi',
        sendAt,
      });
      const block = { personId: ben.publicId, otherId: ana.publicId, version: 1 };
      await deliverTo(messaging, 'user.blocked', block);
      await runAdded(messaging, { name: 'sendScheduledMessage' });
      return id;
    },
  },
  MENTIONED: {
    ...{ by: 'ben', about: 'Message' },
    happens: async ({ messaging, ana, ben }) => {
      const id = await messaging.given.conversation(ben, ana);
      const answer = await messaging.given.message(ben, id, { mentionedUserIds: [ana.publicId] });
      for (let time = 0; time < 2; time++) await deliverSent(messaging, id);
      return answer.data.sendMessage.message.id;
    },
  },
  GROUP_ADDED: {
    ...{ by: 'ben', about: 'Conversation' },
    happens: async ({ messaging, ana, ben }) => {
      const id = await messaging.given.group(ben, [ana]);
      for (let time = 0; time < 2; time++) await deliverSent(messaging, id);
      return id;
    },
  },
  GROUP_JOIN_REQUESTED: {
    ...{ by: 'ben', about: 'Conversation' },
    happens: async ({ messaging, ana, ben }) => (await wishOf(messaging, ana, ben)).id,
  },
  WEBHOOK_DISABLED: {
    // Only super users see it.
    ...{ by: null, about: null },
    happens: async ({ messaging, ana }) => {
      const { webhook, change } = partnering(messaging);
      const { id } = await webhook({ url: `http://${nobodyListens}/` });
      const failingSince = new Date(messaging.clock.now().getTime() - 4 * 86_400_000);
      const failing = { failingSince, failuresInARow: 20, createdById: ana.id };
      await messaging.db.webhook.update({ where: { id: webhookIds.decode(id) }, data: failing });
      await change('sendTestWebhookEvent', { webhookId: id }, 'delivery { id }');
      await runAdded(messaging, { name: 'sendToWebhook' });
      return null;
    },
  },
  GROUP_JOIN_APPROVED: { by: null, about: 'Conversation', happens: decided(true) },
  GROUP_JOIN_DECLINED: { by: null, about: null, happens: decided(false) },
};

const languages = Object.keys(catalogue) as Language[];

describe('every type of notification', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging({ config: { TARGETS_INNER_HOSTS: [nobodyListens] } });
  });
  afterAll(() => messaging.stop());

  const letters = createLetters({ appUrl: 'https://app.example' });

  it.each(Object.entries(sources))(
    '%s reaches its recipient once, and can be read in every language',
    async (type, { by, about, happens }) => {
      const { person } = delivering(messaging);
      const [ana, ben] = [await person('Ana'), await person('Ben')];
      const id = await happens({ messaging, ana, ben });
      const { data } = await ana.execute(list);
      const subject = about === null ? null : { __typename: about, id };
      const actor = by && { id: ben.publicId };
      expect(data.notifications.nodes).toEqual([{ type, actor, subject }]);
      const [notification] = await messaging.db.notification.findMany({ where: { recipientId: ana.id } });
      for (const language of languages) {
        const where = { id: ana.id };
        await messaging.db.knownPerson.update({ where, data: { languages: [language] } });
        const letter = await letters.write(messaging.db, ana.id, [notification!]);
        const { text, html } = mailBody(letter, { url: 'https://end.example', isAll: false });
        expect(letter.language).toBe(language);
        expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
        for (const said of [letter.subject, text, html])
          expect(said).not.toMatch(/undefined|null|NaN|\[object|\$\{|^\s*$/);
      }
    },
  );
});
