import { officeIds, userIds } from '../ids.js';
import type { Notice } from './rules.js';

/** Between two people, in the version of the pair. */
interface Tie {
  readonly personId: string;
  readonly otherId: string;
  readonly version: number;
}

/** Told to the other about the person. */
const tieNotice = (type: Notice['type'], { personId, otherId }: Tie, occasion: string): Notice => ({
  recipientId: userIds.decode(otherId),
  type,
  occasion,
  subjectType: 'USER',
  subjectId: userIds.decode(personId),
  actorId: userIds.decode(personId),
});

export const friendRequestNotice = (tie: Tie): Notice =>
  tieNotice('FRIEND_REQUESTED', tie, `${tie.personId}:${tie.version}`);

export const friendNotice = (tie: Tie): Notice =>
  tieNotice('FRIEND_ACCEPTED', tie, `${tie.personId}:${tie.version}`);

/** Whoever follows, stops and follows again is told of once. */
export const followNotice = (tie: Tie): Notice => tieNotice('FOLLOWED', tie, tie.personId);

interface Office {
  readonly officeId: string;
  readonly userId: string;
}

const aboutOffice = ({ officeId }: Office) => ({
  subjectType: 'OFFICE' as const,
  subjectId: officeIds.decode(officeId),
  actorId: null,
});

export const officeEndedNotice = (office: Office): Notice => ({
  recipientId: userIds.decode(office.userId),
  type: 'OFFICE_ENDED',
  occasion: office.officeId,
  ...aboutOffice(office),
});

export const confirmationNotices = (
  office: Office & { readonly since: string; readonly confirmerIds: readonly string[] },
): Notice[] =>
  office.confirmerIds.map((confirmerId) => ({
    recipientId: userIds.decode(confirmerId),
    type: 'OFFICE_NEEDS_CONFIRMATION',
    occasion: `${office.officeId}:${office.since}`,
    ...aboutOffice(office),
  }));

interface Application {
  readonly applicationId: string;
  readonly userId: string;
}

export const applicationNotices = (
  application: Application & { readonly deciderIds: readonly string[] },
): Notice[] =>
  application.deciderIds.map((deciderId) => ({
    recipientId: userIds.decode(deciderId),
    type: 'OFFICE_APPLIED',
    occasion: application.applicationId,
    subjectType: 'USER',
    subjectId: userIds.decode(application.userId),
    actorId: userIds.decode(application.userId),
  }));

export const decisionNotice = (application: Application & { readonly deciderId: string }): Notice => ({
  recipientId: userIds.decode(application.userId),
  type: 'OFFICE_APPLICATION_DECIDED',
  occasion: application.applicationId,
  subjectType: 'USER',
  subjectId: userIds.decode(application.deciderId),
  actorId: userIds.decode(application.deciderId),
});

export const officeExtendedNotice = (office: Office & { readonly endsAt: string | null }): Notice => ({
  recipientId: userIds.decode(office.userId),
  type: 'OFFICE_EXTENDED',
  occasion: `${office.officeId}:${office.endsAt}`,
  ...aboutOffice(office),
});

export const officeConfirmedNotice = (office: Office & { readonly confirmedAt: string }): Notice => ({
  recipientId: userIds.decode(office.userId),
  type: 'OFFICE_CONFIRMED',
  occasion: `${office.officeId}:${office.confirmedAt}`,
  ...aboutOffice(office),
});

/** Each review is a message of its own. */
export const officeReviewedNotice = (
  office: Office & { readonly reviewerId: string },
  messageId: string,
): Notice => ({
  recipientId: userIds.decode(office.userId),
  type: 'OFFICE_REVIEWED',
  occasion: messageId,
  ...aboutOffice(office),
  actorId: userIds.decode(office.reviewerId),
});

/** To the consul, and to those who answer for them. */
export const mandateNotices = (
  office: Office & { readonly endsAt: string; readonly superiorIds: readonly string[] },
): Notice[] => {
  const [holderId, occasion] = [userIds.decode(office.userId), `${office.officeId}:${office.endsAt}`];
  const own: Notice = {
    ...{ recipientId: holderId, type: 'MANDATE_AT_RISK', occasion },
    ...aboutOffice(office),
  };
  const superiors = office.superiorIds.map((superiorId): Notice => ({
    ...{ ...own, type: 'CONSUL_MANDATE_AT_RISK', actorId: holderId },
    recipientId: userIds.decode(superiorId),
  }));
  return [own, ...superiors];
};

export const superUserProposalNotices = (proposal: {
  readonly changeId: string;
  readonly userId: string;
  readonly proposerId: string;
  readonly confirmerIds: readonly string[];
}): Notice[] =>
  proposal.confirmerIds.map((confirmerId) => ({
    recipientId: userIds.decode(confirmerId),
    type: 'SUPER_USER_PROPOSED',
    occasion: proposal.changeId,
    subjectType: 'USER',
    subjectId: userIds.decode(proposal.userId),
    actorId: userIds.decode(proposal.proposerId),
  }));

/** Something about the person's own account; who did it is for the audit trail. */
const ownNotice = (type: Notice['type'], userId: string, occasion: string): Notice => ({
  recipientId: userIds.decode(userId),
  type,
  occasion,
  subjectType: 'USER',
  subjectId: userIds.decode(userId),
  actorId: null,
});

interface Changed {
  readonly userId: string;
  readonly changedAt: string;
}

export const superUserNotice = ({ userId, changedAt }: Changed): Notice =>
  ownNotice('SUPER_USER_CHANGED', userId, changedAt);

export const eventOwnerNotice = ({ userId, changedAt }: Changed): Notice =>
  ownNotice('EVENT_OWNER_CHANGED', userId, changedAt);

/** Of the ends of sessions, the one that the person did not bring about. */
export const sessionNotices = (end: {
  readonly userId: string;
  readonly sessionId: string;
  readonly reason: string;
}): Notice[] =>
  end.reason === 'REFRESH_TOKEN_REPLAYED' ? [ownNotice('SESSION_COPIED', end.userId, end.sessionId)] : [];

export const anniversaryNotice = (personId: string, years: number): Notice => ({
  recipientId: personId,
  type: 'MEMBERSHIP_ANNIVERSARY',
  occasion: String(years),
  subjectType: 'USER',
  subjectId: personId,
  actorId: null,
});
