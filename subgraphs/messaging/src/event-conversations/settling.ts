import type { ParticipantRole } from '../__generated__/prisma/client.js';
import { announceListsLater } from '../announcing.js';
import type { Transaction } from '../database.js';
import { admit, dismiss } from '../members/index.js';

interface Settling {
  readonly conversationId: string;
  readonly userIds: readonly string[];
  readonly at: Date;
}

/**
 * Makes each of these people what the event makes of them: owner, admin, member or nobody. Under the conversation's lock,
 * from what is known now and not from what has just been told, so that the order of messages does not matter. It is told in
 * their lists as soon as it is committed.
 */
export async function settle(tx: Transaction, { conversationId, userIds, at }: Settling): Promise<void> {
  const people = await tx.$queryRaw<{ userId: string; role: ParticipantRole | null }[]>`
    SELECT person.id AS "userId", CASE
        WHEN gone.id IS NOT NULL THEN NULL
        WHEN person.id = h.organizer_id THEN 'OWNER'
        WHEN person.id = ANY(h.host_ids) THEN 'ADMIN'
        WHEN EXISTS (SELECT FROM event_places e
          WHERE e.event_id = h.event_id AND e.user_id = person.id AND e.is_held) THEN 'MEMBER' END AS role
    FROM conversations c JOIN event_hosts h ON h.event_id = c.event_id
    CROSS JOIN (SELECT DISTINCT unnest(${[...userIds]}::uuid[]) AS id) AS person
    LEFT JOIN members gone ON gone.id = person.id AND gone.erased_at IS NOT NULL
    WHERE c.id = ${conversationId}::uuid`;
  const those = (wanted: ParticipantRole | null) =>
    people.filter(({ role }) => role === wanted).map(({ userId }) => userId);
  const changed: string[] = [];
  for (const role of ['OWNER', 'ADMIN', 'MEMBER'] as const) {
    const userIds = those(role);
    if (userIds.length === 0) continue;
    changed.push(...(await admit(tx, { conversationId, userIds, role, at })));
    const moved = await tx.participant.updateManyAndReturn({
      where: { conversationId, userId: { in: userIds }, role: { not: role } },
      data: { role },
      select: { userId: true },
    });
    changed.push(...moved.map(({ userId }) => userId));
  }
  if (changed.length > 0) await announceListsLater(tx, { conversationId, lists: changed });
  const gone = those(null);
  if (gone.length > 0) await dismiss(tx, { conversationId, userIds: gone, at });
}
