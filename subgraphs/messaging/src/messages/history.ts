import { isInWindow, isShownTo } from '../conversations/index.js';
import { Prisma } from '../database.js';
import type { HistoryPage } from './rules.js';

interface Wanted extends Pick<HistoryPage, 'forward' | 'beyond' | 'take'> {
  readonly conversationIds: readonly string[];
  readonly viewerId: string;
}

/**
 * Ids of one page of each conversation as the viewer sees it, in one statement: of each of the viewer's windows a range
 * scan of the index on (conversation, sequence).
 */
export function historyQuery({ conversationIds, viewerId, forward, beyond, take }: Wanted): Prisma.Sql {
  const [comparison, direction] = forward
    ? [Prisma.sql`>`, Prisma.sql`ASC`]
    : [Prisma.sql`<`, Prisma.sql`DESC`];
  const bound = beyond === null ? Prisma.empty : Prisma.sql`AND m.sequence ${comparison} ${beyond}::int`;
  const viewer = Prisma.sql`${viewerId}::uuid`;
  return Prisma.sql`
    SELECT page.id FROM unnest(${[...conversationIds]}::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
      SELECT part.* FROM visibility_windows w CROSS JOIN LATERAL (
        SELECT m.id, m.sequence FROM messages m WHERE ${isInWindow} AND ${isShownTo(viewer)} ${bound}
        ORDER BY m.sequence ${direction} LIMIT ${take}::int
      ) AS part WHERE w.conversation_id = wanted.id AND w.user_id = ${viewerId}::uuid
      ORDER BY part.sequence ${direction} LIMIT ${take}::int
    ) AS page`;
}
