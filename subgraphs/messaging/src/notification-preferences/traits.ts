import type {
  NotificationCadence,
  NotificationChannel,
  NotificationType,
} from '../__generated__/prisma/client.js';

/** What a type is, before anybody chose anything. */
export interface Traits {
  readonly usual: Readonly<Record<NotificationChannel, NotificationCadence>>;
  /** Cannot be turned off, and waits for nothing. */
  readonly isSecurity: boolean;
}

const usually = (push: NotificationCadence, email: NotificationCadence, isSecurity = false): Traits => ({
  // Whoever connects a chat wants to read there what a telephone would show.
  usual: { IN_APP: 'IMMEDIATE', PUSH: push, EMAIL: email, SLACK: push },
  isSecurity,
});

/** Somebody waits for an answer, or money or a day depends on it. */
const urgent = usually('IMMEDIATE', 'IMMEDIATE');
/** Between people: at once where it does not weigh, together by mail. */
const personal = usually('IMMEDIATE', 'DAILY');
const pleasant = usually('IMMEDIATE', 'WEEKLY');
const incidental = usually('OFF', 'OFF');
/** Users mail what concerns the safety of an account themselves. */
const security = usually('IMMEDIATE', 'OFF', true);

export const traitsOf: Readonly<Record<NotificationType, Traits>> = {
  POST_COMMENTED: personal,
  POST_REACTED: pleasant,
  OFFICE_APPOINTED: urgent,
  OFFICE_ENDED: urgent,
  OFFICE_NEEDS_CONFIRMATION: urgent,
  OFFICE_APPLIED: personal,
  OFFICE_APPLICATION_DECIDED: urgent,
  FRIEND_REQUESTED: personal,
  FRIEND_ACCEPTED: pleasant,
  FOLLOWED: pleasant,
  REGISTRATION_CONFIRMED: urgent,
  REGISTRATION_REQUESTED: personal,
  REGISTRATION_DECLINED: urgent,
  WAITLIST_OFFERED: urgent,
  EVENT_INVITED: urgent,
  EVENT_REMINDER: usually('IMMEDIATE', 'OFF'),
  SUBSCRIPTION_ACTIVATED: incidental,
  SUBSCRIPTION_PAST_DUE: urgent,
  SUBSCRIPTION_UNPAID: urgent,
  ACCOUNT_LOOKED_AT: security,
  FACTOR_RESET_OPENED: security,
  OFFICE_EXTENDED: urgent,
  OFFICE_CONFIRMED: personal,
  OFFICE_REVIEWED: personal,
  MANDATE_AT_RISK: urgent,
  CONSUL_MANDATE_AT_RISK: personal,
  SUPER_USER_PROPOSED: urgent,
  // Nothing else mails it.
  SUPER_USER_CHANGED: usually('IMMEDIATE', 'IMMEDIATE', true),
  EVENT_OWNER_CHANGED: urgent,
  SESSION_COPIED: security,
  EVENT_CHANGED: urgent,
  EVENT_CANCELLED: urgent,
  CO_HOST_INVITED: urgent,
  CALENDAR_DISCONNECTED: urgent,
  TICKET_ISSUED: urgent,
  TICKET_REFUNDED: urgent,
  TICKET_OFFERED: urgent,
  PAYMENT_FAILED: urgent,
  PAYMENT_REFUNDED: urgent,
  // Payments mail it with the document.
  INVOICE_ISSUED: incidental,
  MESSAGES_MISSED: personal,
  MESSAGE_REQUESTED: personal,
  MEMBERSHIP_ANNIVERSARY: incidental,
  SCHEDULED_MESSAGE_FAILED: urgent,
  WEBHOOK_DISABLED: urgent,
  MENTIONED: personal,
  GROUP_ADDED: personal,
  GROUP_JOIN_REQUESTED: personal,
  GROUP_JOIN_APPROVED: personal,
  GROUP_JOIN_DECLINED: personal,
  SERIES_PAUSED: urgent,
};
