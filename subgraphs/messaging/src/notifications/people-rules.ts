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
