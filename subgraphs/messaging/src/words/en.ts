import type { Words } from './words.js';

export const en: Words = {
  direction: 'ltr',
  somebody: 'Somebody',
  anEvent: 'an event',
  sentences: {
    POST_COMMENTED: ({ actor }) => `${actor} commented on your post`,
    POST_REACTED: ({ actor }) => `${actor} likes your post`,
    OFFICE_APPOINTED: ({ actor }) => `${actor} appointed you to an office`,
    OFFICE_ENDED: () => 'Your office has ended',
    OFFICE_NEEDS_CONFIRMATION: () => 'A consul needs your confirmation',
    OFFICE_APPLIED: ({ actor }) => `${actor} applied for an office`,
    OFFICE_APPLICATION_DECIDED: () => 'Your application for an office was decided',
    FRIEND_REQUESTED: ({ actor }) => `${actor} wants to be your friend`,
    FRIEND_ACCEPTED: ({ actor }) => `${actor} is your friend now`,
    FOLLOWED: ({ actor }) => `${actor} follows you`,
    REGISTRATION_CONFIRMED: ({ event }) => `You have a place: ${event}`,
    REGISTRATION_REQUESTED: ({ actor, event }) => `${actor} asks for a place: ${event}`,
    REGISTRATION_DECLINED: ({ event }) => `Your registration was declined: ${event}`,
    WAITLIST_OFFERED: ({ event }) => `A place is kept for you: ${event}`,
    EVENT_INVITED: ({ actor, event }) => `${actor} invites you: ${event}`,
    EVENT_REMINDER: ({ event }) => `Soon: ${event}`,
    SUBSCRIPTION_ACTIVATED: () => 'Your plan is active',
    SUBSCRIPTION_PAST_DUE: () => 'Your plan could not be renewed; we will try again',
    SUBSCRIPTION_UNPAID: () => 'Your plan has ended, as it was not paid',
    ACCOUNT_LOOKED_AT: () => 'Our team looks at the platform as you',
    FACTOR_RESET_OPENED: () =>
      'The second step of your sign-in is to be removed: refuse it if that was not you',
    OFFICE_EXTENDED: () => 'The term of your office was changed',
    OFFICE_CONFIRMED: () => 'Your office was confirmed',
    OFFICE_REVIEWED: ({ actor }) => `${actor} wrote about how you hold your office`,
    MANDATE_AT_RISK: () => 'Your term ends soon, and events are missing for its mandate',
    CONSUL_MANDATE_AT_RISK: ({ actor }) =>
      `The term of ${actor} ends soon, and events are missing for its mandate`,
    SUPER_USER_PROPOSED: ({ actor }) => `${actor} proposes to change who is a super user`,
    SUPER_USER_CHANGED: () => 'Your rights as a super user have changed',
    EVENT_OWNER_CHANGED: () => 'Your right to sell tickets has changed',
    SESSION_COPIED: () => 'We signed one of your devices out, as its key had been copied',
    EVENT_CHANGED: ({ event }) => `Another time or place: ${event}`,
    EVENT_CANCELLED: ({ event }) => `Cancelled: ${event}`,
    CO_HOST_INVITED: ({ actor, event }) => `${actor} asks you to organize with them: ${event}`,
    CALENDAR_DISCONNECTED: () => 'Your calendar is not kept in step any more; connect it again',
    TICKET_ISSUED: ({ event }) => `Your tickets are here: ${event}`,
    TICKET_REFUNDED: ({ event }) => `Your tickets were given back: ${event}`,
    TICKET_OFFERED: ({ actor, event }) => `${actor} offers you a ticket: ${event}`,
    PAYMENT_FAILED: () => 'Your payment was declined',
    PAYMENT_REFUNDED: () => 'You get money back',
    INVOICE_ISSUED: () => 'You have a new invoice',
    SCHEDULED_MESSAGE_FAILED: () => 'A message of yours could not be sent at its time',
    WEBHOOK_DISABLED: () => 'A partner’s webhook takes nothing any more and was turned off',
    MESSAGES_MISSED: ({ actor }) => `${actor} wrote to you`,
    MESSAGE_REQUESTED: ({ actor }) => `${actor} would like to write to you`,
    MEMBERSHIP_ANNIVERSARY: ({ years }) =>
      years === 1 ? 'You have been with us for a year' : `You have been with us for ${years} years`,
    MENTIONED: ({ actor }) => `${actor} mentioned you`,
    GROUP_ADDED: ({ actor }) => `${actor} added you to a group`,
    GROUP_JOIN_REQUESTED: ({ actor }) => `${actor} asks to join your group`,
    GROUP_JOIN_APPROVED: () => 'You are in the group that you asked to join',
    GROUP_JOIN_DECLINED: () => 'Your request to join a group was declined',
    SERIES_PAUSED: () =>
      'A series of yours is paused, as the office or plan it needs has ended: its events so far stay, and it goes on with the next one',
  },
  inGroup: (sentence, group) => `${sentence}: ${group}`,
  digest: (count) => (count === 1 ? 'One piece of news for you' : `${count} pieces of news for you`),
  open: 'Have a look',
  unsubscribe: 'No more mails of this kind',
  unsubscribeAll: 'No more such mails',
  page: {
    title: 'Mails from us',
    question: (all) =>
      all
        ? 'Shall we send you no more mails about what is new?'
        : 'Shall we send you no more mails of this kind?',
    button: 'No more mails',
    done: (all) =>
      all
        ? 'We will send you no more mails about what is new.'
        : 'We will send you no more mails of this kind.',
    unknown: 'This link is not ours, or not whole.',
  },
  chatCode: (code) =>
    `Your code to receive notifications here is ${code}. If you did not ask for it, do nothing.`,
};
