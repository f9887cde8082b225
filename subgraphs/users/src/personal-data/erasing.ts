import type { Clock } from '@diaspora/kit';
import type { Auditing } from '../audit/index.js';
import { Prisma, type Transaction } from '../database.js';
import { mailNewAddress, noticeAccount } from '../jobs.js';
import type { Offices } from '../offices/index.js';
import type { OrganizationMembers } from '../organization-members/index.js';
import { erasedProfile } from '../profiles/index.js';

interface Dependencies {
  readonly clock: Clock;
  readonly offices: Pick<Offices, 'endAllOf'>;
  readonly organizationMembers: Pick<OrganizationMembers, 'forgetPerson'>;
  readonly eraseAuditDetails: Auditing['eraseAuditDetails'];
}

/** What stands where the address was: no address, so that nobody can register it. */
const noAddress = (accountId: string): string => `erased:${accountId}`;

/** The account stays as a row without anything in it, so that what links to it leads to a deleted person. */
export const createErasure =
  ({ clock, offices, organizationMembers, eraseAuditDetails }: Dependencies) =>
  async (tx: Transaction, personId: string, isLate: boolean) => {
    await organizationMembers.forgetPerson(tx, personId);
    const ended = await offices.endAllOf(tx, personId);
    const connections = await endConnections(tx, personId);
    const { count: applications } = await tx.officeApplication.deleteMany({
      where: { applicantId: personId },
    });
    await tx.dataExport.deleteMany({ where: { personId } });
    await closeProposals(tx, personId, clock.now());
    await forgetReviews(tx, personId);
    await tx.customer.updateMany({ where: { ownerId: personId }, data: { ownerId: null } });
    await tx.customerTask.updateMany({ where: { assigneeId: personId }, data: { assigneeId: null } });
    const owned = await emptyAccount(tx, personId, clock.now());
    if (!isLate) await eraseAuditDetails(tx, personId); // It has a second pass of its own.
    return { ...owned, connections, offices: ended, applications };
  };

/** Counts of the others follow; in one order, as with every change of them. */
async function endConnections(tx: Transaction, personId: string): Promise<number> {
  await tx.$executeRaw`
    SELECT 1 FROM connection_counts WHERE account_id IN (
      SELECT other_id FROM ties WHERE person_id = ${personId}::uuid) ORDER BY account_id FOR UPDATE`;
  await tx.$executeRaw`
    UPDATE connection_counts c SET friends = c.friends - lost.friends,
      followers = c.followers - lost.followers, following = c.following - lost.following
    FROM (
      SELECT mine.other_id AS account_id, (mine.friends_since IS NOT NULL)::int AS friends,
        (mine.following_since IS NOT NULL)::int AS followers, (theirs.following_since IS NOT NULL)::int AS following
      FROM ties mine JOIN ties theirs ON theirs.person_id = mine.other_id AND theirs.other_id = mine.person_id
      WHERE mine.person_id = ${personId}::uuid) AS lost
    WHERE c.account_id = lost.account_id`;
  const { count } = await tx.tie.deleteMany({ where: { personId } });
  await tx.tie.deleteMany({ where: { otherId: personId } });
  await tx.connectionCount.deleteMany({ where: { accountId: personId } });
  return count;
}

/** Why somebody wanted the person to be a super user, or not, was said about them. */
async function closeProposals(tx: Transaction, accountId: string, decidedAt: Date): Promise<void> {
  await tx.superUserChange.updateMany({
    where: { accountId, status: 'PROPOSED' },
    data: { status: 'WITHDRAWN', decidedAt },
  });
  await tx.superUserChange.updateMany({ where: { accountId }, data: { reason: '' } });
}

/** What was said about how they held an office. That it was assessed stays with the office. */
async function forgetReviews(tx: Transaction, holderId: string): Promise<void> {
  const offices = await tx.office.findMany({ where: { holderId }, select: { id: true } });
  await tx.consulReview.updateMany({
    where: { officeId: { in: offices.map(({ id }) => id) } },
    data: { comment: '' },
  });
}

/**
 * Removes what PostgreSQL would remove with the account, so that it is enough for a table to have such a key. Answers how
 * many rows of each.
 */
async function eraseOwned(tx: Transaction, accountId: string): Promise<Record<string, number>> {
  const owned = await tx.$queryRaw<{ name: string; place: string; column: string }[]>`
    SELECT t.relname AS name, c.conrelid::regclass::text AS place, format('%I', a.attname) AS column
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'accounts'::regclass AND c.confdeltype = 'c' ORDER BY place`;
  const counts: Record<string, number> = {};
  for (const { name, place, column } of owned)
    counts[name] = await tx.$executeRaw`
      DELETE FROM ${Prisma.raw(place)} WHERE ${Prisma.raw(column)} = ${accountId}::uuid`;
  return counts;
}

async function emptyAccount(tx: Transaction, id: string, now: Date): Promise<Record<string, number>> {
  const { emailKey, erasedAt } = await tx.account.findUniqueOrThrow({ where: { id } });
  await tx.organizationInvitation.deleteMany({ where: { emailKey } });
  // Mails that could not be sent for days name the address, another one that was to be proved, or a device.
  await tx.$executeRaw`
    DELETE FROM graphile_worker._private_jobs
    WHERE locked_at IS NULL AND (${emailKey} IN (payload ->> 'emailKey', lower(payload ->> 'email'))
      OR (payload ->> 'accountId' = ${id} AND task_id IN (
        SELECT t.id FROM graphile_worker._private_tasks t
        WHERE t.identifier IN (${mailNewAddress.name}, ${noticeAccount.name}))))`;
  const owned = await eraseOwned(tx, id);
  await tx.profile.create({ data: { accountId: id, updatedAt: now, ...erasedProfile } });
  await tx.account.update({
    where: { id },
    data: {
      email: noAddress(id),
      emailKey: noAddress(id),
      emailVerifiedAt: null,
      passwordHash: null,
      phoneNumber: null,
      phoneVerifiedAt: null,
      secondFactorAt: null,
      factorResetAt: null,
      passwordResetAt: null,
      isSuperUser: false,
      eventOwnerSince: null,
      entitlements: [],
      erasedAt: erasedAt ?? now,
    },
  });
  return owned;
}
