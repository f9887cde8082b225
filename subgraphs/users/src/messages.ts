import { defineMessages, personalDataRequests } from '@diaspora/kit';
import { z } from 'zod';

/** Whom a person lets do something: of CONNECTIONS, friends. */
const audience = z.enum(['EVERYONE', 'CONNECTIONS', 'NOBODY']);

const officeRole = z.enum(['AMBASSADOR', 'CONSUL']);

/** Which office, and who holds it. */
const office = {
  officeId: z.string(),
  userId: z.string(),
  role: officeRole,
  countryCode: z.string(),
  city: z.string().nullable(),
};

/** Which application for an office, and whose. */
const application = {
  applicationId: z.string(),
  userId: z.string(),
  role: officeRole,
  countryCode: z.string(),
  city: z.string().nullable(),
};

/** Something that one person has with another, in the version of the pair: of one kind, the highest version is what holds. */
const tie = {
  version: 1,
  schema: z.object({
    personId: z.string(),
    otherId: z.string(),
    version: z.number().int(),
    at: z.iso.datetime(),
  }),
} as const;

const tieState = { ...tie, isState: true } as const;

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('users', {
  ...personalDataRequests,
  /** A person proved an address and may sign in. */
  'user.registered': {
    version: 1,
    isState: true,
    schema: z.object({ userId: z.string(), registeredAt: z.iso.datetime() }),
  },
  /** What of a profile is for everybody, after a change; a higher version wins. */
  'user.profileChanged': {
    version: 1,
    isState: true,
    schema: z.object({
      userId: z.string(),
      version: z.number().int(),
      displayName: z.string(),
      headline: z.string().nullable(),
      countryOfOrigin: z.string(),
      countryOfResidence: z.string(),
      city: z.string().nullable(),
      languages: z.array(z.string()),
      domains: z.array(z.string()),
      /** Whether everybody may find the person. */
      isDiscoverable: z.boolean(),
      avatarId: z.string().nullable().optional(),
      contactableBy: audience.optional(),
      invitableBy: audience.optional(),
      findableBy: audience.optional(),
    }),
  },
  /**
   * The platform keeps a person out: none of their tokens counts any more. The version is that of the profile, which is
   * told too, as nobody's to find.
   */
  'user.suspended': {
    version: 1,
    isState: true,
    schema: z.object({
      userId: z.string(),
      version: z.number().int(),
      /** When it ends by itself. */
      endsAt: z.iso.datetime().nullable(),
      /** The account was terminated. */
      isFinal: z.boolean(),
      at: z.iso.datetime(),
    }),
  },
  'user.suspensionLifted': {
    version: 1,
    isState: true,
    schema: z.object({ userId: z.string(), version: z.number().int(), at: z.iso.datetime() }),
  },
  'user.followed': tieState,
  'user.unfollowed': tieState,
  /** The person accepted the other's request for friendship, or had one of the other when sending one. Holds both ways. */
  'user.connected': tieState,
  /** The person ended the friendship, by a block perhaps. */
  'user.disconnected': tieState,
  /** The person asked the other for friendship, who should be told. */
  'user.friendRequested': tie,
  /** Whatever one of the two does must no longer reach the other, either way. */
  'user.blocked': tieState,
  /** The person's own block ended; one by the other, if there is one, goes on. */
  'user.unblocked': tieState,
  /** The person does not want to see of the other, who is not told. */
  'user.muted': tieState,
  'user.unmuted': tieState,
  'office.appointed': {
    version: 1,
    isState: true,
    schema: z.object({
      ...office,
      appointerId: z.string(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime().nullable(),
    }),
  },
  'office.ended': {
    version: 1,
    isState: true,
    schema: z.object({ ...office, endedAt: z.iso.datetime() }),
  },
  /** The term goes on for longer; without an end when that is null. */
  'office.extended': {
    version: 1,
    schema: z.object({ ...office, endsAt: z.iso.datetime().nullable() }),
  },
  /** A consul's appointer, or the country's last ambassador, went. The consul goes on; those named can confirm that. */
  'office.needsConfirmation': {
    version: 1,
    schema: z.object({ ...office, since: z.iso.datetime(), confirmerIds: z.array(z.string()) }),
  },
  /** Somebody stands behind the consul again. */
  'office.confirmed': { version: 1, schema: z.object({ ...office, confirmedAt: z.iso.datetime() }) },
  /** Somebody above wrote about how the consul holds the office. */
  'office.reviewed': {
    version: 1,
    schema: z.object({ officeId: z.string(), userId: z.string(), reviewerId: z.string() }),
  },
  /** Local events are missing for a consul's mandate, and the term ends in some weeks; those named answer for the consul. */
  'office.mandateAtRisk': {
    version: 1,
    schema: z.object({
      ...office,
      endsAt: z.iso.datetime(),
      eventsHeld: z.number().int(),
      eventsMissing: z.number().int(),
      superiorIds: z.array(z.string()),
    }),
  },
  /** Somebody asks for an office; those named can decide. */
  'office.applied': { version: 1, schema: z.object({ ...application, deciderIds: z.array(z.string()) }) },
  'office.applicationDecided': {
    version: 1,
    schema: z.object({
      ...application,
      deciderId: z.string(),
      isApproved: z.boolean(),
      officeId: z.string().nullable(),
      decidedAt: z.iso.datetime(),
    }),
  },
  /** Somebody proposed that a person becomes a super user, or is one no more; those named can confirm it. */
  'superUser.proposed': {
    version: 1,
    schema: z.object({
      changeId: z.string(),
      kind: z.enum(['GRANT', 'REVOKE']),
      userId: z.string(),
      proposerId: z.string(),
      confirmerIds: z.array(z.string()),
    }),
  },
  'superUser.changed': {
    version: 1,
    isState: true,
    schema: z.object({ userId: z.string(), isSuperUser: z.boolean(), changedAt: z.iso.datetime() }),
  },
  /** Whether the person may sell tickets for events from now on. */
  'user.eventOwnerChanged': {
    version: 1,
    isState: true,
    schema: z.object({ userId: z.string(), isEventOwner: z.boolean(), changedAt: z.iso.datetime() }),
  },
  /** Somebody of those who run the platform looks at it as the person, who was told by mail. */
  'impersonation.started': {
    version: 1,
    schema: z.object({ impersonationId: z.string(), userId: z.string(), expiresAt: z.iso.datetime() }),
  },
  /** The person's second factor is removed at `dueAt` unless they refuse. They were told by mail, too. */
  'factorReset.opened': {
    version: 1,
    schema: z.object({ resetId: z.string(), userId: z.string(), dueAt: z.iso.datetime() }),
  },
  /** What the platform is set to, as far as everybody may know; a higher version wins. */
  'platform.settingsChanged': {
    version: 1,
    isState: true,
    schema: z.object({
      version: z.number().int(),
      isRegistrationOpen: z.boolean(),
      maintenanceNotice: z.string().nullable(),
      minimumAge: z.number().int().nullable(),
      consulEventsPerYear: z.number().int(),
    }),
  },
  /**
   * What became of a mail that another subgraph asked for: REFUSED for now, UNDELIVERABLE for good, UNCONFIRMED when it
   * may have been sent, EXPIRED when its time was over. Keyed by the mail.
   */
  'mail.settled': {
    version: 1,
    schema: z.object({
      mailId: z.string(),
      outcome: z.enum(['SENT', 'REFUSED', 'UNDELIVERABLE', 'UNCONFIRMED', 'EXPIRED']),
      settledAt: z.iso.datetime(),
    }),
  },
  'session.revoked': {
    version: 1,
    schema: z.object({ userId: z.string(), sessionId: z.string(), reason: z.string() }),
  },
});

export type UsersMessages = typeof messages;
export type TieMessageType =
  | 'user.followed'
  | 'user.unfollowed'
  | 'user.connected'
  | 'user.disconnected'
  | 'user.friendRequested'
  | 'user.blocked'
  | 'user.unblocked'
  | 'user.muted'
  | 'user.unmuted';
