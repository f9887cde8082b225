import { inPages, type Archive } from '@diaspora/kit';
import type { AuditEntry } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import {
  applicationIds,
  auditEntryIds,
  dataExportIds,
  erasureIds,
  factorResetIds,
  officeIds,
  organizationIds,
  sessionIds,
  superUserChangeIds,
  userIds,
} from '../ids.js';

/** The account and everything that hangs on it. Secrets (hashes of passwords, tokens and codes) are left out. */
export const createExport =
  (db: Db) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('account', await accountOf(db, personId));
    await archive.records('profile', await profileOf(db, personId));
    await archive.records('membership', await membershipOf(db, personId));
    await archive.records('sessions', await sessionsOf(db, personId));
    await archive.records('trustedDevices', await devicesOf(db, personId));
    await archive.records('identities', await identitiesOf(db, personId));
    await archive.records('suspensions', await suspensionsOf(db, personId));
    await archive.records('factorResets', await factorResetsOf(db, personId));
    await archive.records('impersonations', await impersonationsOf(db, personId));
    await archive.records('emailChanges', await emailChangesOf(db, personId));
    await archive.records('connections', await connectionsOf(db, personId));
    await archive.records('offices', await officesOf(db, personId));
    await archive.records('consulReviews', await reviewsOf(db, personId));
    await archive.records('officeApplications', await applicationsOf(db, personId));
    await archive.records('superUserChanges', await superUserChangesOf(db, personId));
    await archive.records('organizations', await organizationsOf(db, personId));
    await archive.records('organizationInvitations', await invitationsOf(db, personId));
    await archive.records('dataExports', await dataExportsOf(db, personId));
    await archive.records('erasures', await erasuresOf(db, personId));
    await archive.records('auditTrail', auditTrailOf(db, personId));
  };

async function accountOf(db: Db, id: string) {
  const accounts = await db.account.findMany({ where: { id } });
  return accounts.map(({ passwordHash, emailKey: _folded, sessionEpoch: _counter, ...account }) => ({
    ...account,
    id: userIds.encode(id),
    hasPassword: passwordHash !== null,
  }));
}

async function profileOf(db: Db, accountId: string) {
  const profiles = await db.profile.findMany({ where: { accountId } });
  return profiles.map(({ accountId: _self, ...profile }) => profile);
}

async function membershipOf(db: Db, accountId: string) {
  const memberships = await db.membership.findMany({ where: { accountId } });
  return memberships.map(({ accountId: _self, ...membership }) => membership);
}

async function sessionsOf(db: Db, accountId: string) {
  const sessions = await db.session.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return sessions.map(({ id, methods, userAgent, address, createdAt, lastUsedAt, revokedAt }) => ({
    ...{ id: sessionIds.encode(id), methods, userAgent, address, createdAt, lastUsedAt, revokedAt },
  }));
}

async function devicesOf(db: Db, accountId: string) {
  const devices = await db.trustedDevice.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return devices.map(({ userAgent, address, createdAt, lastUsedAt, expiresAt }) => ({
    ...{ userAgent, address, createdAt, lastUsedAt, expiresAt },
  }));
}

async function identitiesOf(db: Db, accountId: string) {
  const identities = await db.identity.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return identities.map(({ provider, issuer, subject, email, linkedAt, lastUsedAt }) => ({
    ...{ provider, issuer, subject, email, linkedAt, lastUsedAt },
  }));
}

async function emailChangesOf(db: Db, accountId: string) {
  const changes = await db.emailChange.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return changes.map(({ oldEmail, changedAt, userAgent }) => ({ oldEmail, changedAt, userAgent }));
}

async function suspensionsOf(db: Db, accountId: string) {
  const suspensions = await db.suspension.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return suspensions.map(({ reason, isFinal, startedAt, endsAt, endedAt }) => ({
    ...{ reason, isFinal, startedAt, endsAt, endedAt },
  }));
}

async function factorResetsOf(db: Db, accountId: string) {
  const resets = await db.factorReset.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return resets.map(({ id, reason, status, openedAt, dueAt, endedAt }) => ({
    ...{ id: factorResetIds.encode(id), reason, status, openedAt, dueAt, endedAt },
  }));
}

/** That somebody acted as the person, and why. */
async function impersonationsOf(db: Db, accountId: string) {
  const impersonations = await db.impersonation.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return impersonations.map(({ reason, startedAt, endedAt }) => ({ reason, startedAt, endedAt }));
}

/** What was said about how the person held an office. */
async function reviewsOf(db: Db, holderId: string) {
  const offices = await db.office.findMany({ where: { holderId }, select: { id: true } });
  const officeId = { in: offices.map(({ id }) => id) };
  const reviews = await db.consulReview.findMany({ where: { officeId }, orderBy: { id: 'asc' } });
  return reviews.map((review) => ({
    officeId: officeIds.encode(review.officeId),
    ...{ assessment: review.assessment, comment: review.comment, createdAt: review.createdAt },
  }));
}

/** Both sides of each pair, but for what the person is not to know: who blocks, mutes or declines them. */
async function connectionsOf(db: Db, id: string) {
  const ties = await db.tie.findMany({
    where: { OR: [{ personId: id }, { otherId: id, followingSince: { not: null } }] },
    orderBy: [{ personId: 'asc' }, { otherId: 'asc' }],
  });
  return ties.map(({ personId, otherId, followingSince, declinedUntil: _untold, version: _ours, ...tie }) =>
    personId === id
      ? { userId: userIds.encode(otherId), followingSince, ...tie }
      : { userId: userIds.encode(personId), followsSince: followingSince },
  );
}

async function officesOf(db: Db, holderId: string) {
  const offices = await db.office.findMany({ where: { holderId }, orderBy: { id: 'asc' } });
  return offices.map(({ id, holderId: _self, appointerId, confirmerId, cityKey: _folded, ...office }) => ({
    id: officeIds.encode(id),
    appointerId: userIds.encode(appointerId),
    confirmerId: confirmerId && userIds.encode(confirmerId),
    ...office,
  }));
}

async function applicationsOf(db: Db, applicantId: string) {
  const applications = await db.officeApplication.findMany({
    where: { applicantId },
    orderBy: { id: 'asc' },
  });
  return applications.map(
    ({ id, role, countryCode, city, motivation, status, createdAt, decidedAt, answer }) => ({
      ...{ id: applicationIds.encode(id), role, countryCode, city, motivation },
      ...{ status, createdAt, decidedAt, answer },
    }),
  );
}

async function superUserChangesOf(db: Db, accountId: string) {
  const changes = await db.superUserChange.findMany({ where: { accountId }, orderBy: { id: 'asc' } });
  return changes.map(({ id, kind, reason, status, createdAt, decidedAt }) => ({
    ...{ id: superUserChangeIds.encode(id), kind, reason, status, createdAt, decidedAt },
  }));
}

async function organizationsOf(db: Db, userId: string) {
  const members = await db.organizationMember.findMany({
    where: { userId },
    include: { organization: true, grants: { include: { role: true, node: true } } },
    orderBy: { id: 'asc' },
  });
  return members.map(({ organization, isOwner, joinedAt, grants }) => ({
    organizationId: organizationIds.encode(organization.id),
    ...{ name: organization.name, isOwner, joinedAt },
    grants: grants.map(({ effect, role, action, node, createdAt }) => ({
      ...{ effect, role: role?.name ?? null, action, node: node.name, createdAt },
    })),
  }));
}

async function invitationsOf(db: Db, userId: string) {
  const account = await db.account.findUnique({ where: { id: userId } });
  const invitations = await db.organizationInvitation.findMany({
    where: { OR: [{ userId }, { emailKey: account?.emailKey ?? '' }] },
    include: { organization: true },
    orderBy: { id: 'asc' },
  });
  return invitations.map(({ organization, status, createdAt, settledAt }) => ({
    ...{ organizationId: organizationIds.encode(organization.id), name: organization.name },
    ...{ status, createdAt, settledAt },
  }));
}

async function dataExportsOf(db: Db, personId: string) {
  const requests = await db.dataExport.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  return requests.map(({ id, createdAt, completedAt, cancelledAt }) => ({
    ...{ id: dataExportIds.encode(id), createdAt, completedAt, cancelledAt },
  }));
}

async function erasuresOf(db: Db, personId: string) {
  const erasures = await db.erasure.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  return erasures.map(({ id, createdAt, endsAt, cancelledAt }) => ({
    ...{ id: erasureIds.encode(id), createdAt, endsAt, cancelledAt },
  }));
}

/** What the person did and what was done to them; of what is kept beside the lines, what is theirs. */
async function* auditTrailOf(db: Db, personId: string) {
  const entries = inPages<AuditEntry>((after, take) =>
    db.auditEntry.findMany({
      where: { OR: [{ actorId: personId }, { personId }], ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, action, subjectType, subjectId, occurredAt } of entries) {
    const details = await db.auditDetail.findMany({ where: { entryId: id, ownerId: personId } });
    const kept = details.map(({ part, data }) => [part.toLowerCase(), data] as const);
    yield {
      id: auditEntryIds.encode(id),
      action,
      subject: { type: subjectType, id: subjectId },
      occurredAt,
      ...Object.fromEntries(kept),
    };
  }
}
