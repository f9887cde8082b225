import type { Message } from '../__generated__/prisma/client.js';
import { isInWindow, isShownTo } from '../conversations/index.js';
import { Prisma, type Db } from '../database.js';
import { marks, prefixesOf, rangesOf, wordsOf, type HitPage, type TextRange } from './rules.js';

export type MessageSearch = ReturnType<typeof createMessageSearch>;

export interface Hit {
  /** The sort keys of the page are the message's. */
  readonly id: string;
  readonly sentAt: Date;
  readonly message: Message;
  readonly highlights: readonly TextRange[];
}

interface Wanted {
  readonly viewerId: string;
  /** Null: in all conversations of the viewer. */
  readonly conversationId: string | null;
  readonly query: string;
  readonly page: HitPage;
}

const highlighting = `HighlightAll=true, StartSel="${marks.start}", StopSel="${marks.end}"`;

/** In how many conversations, the latest ones, is looked at once. */
const mostConversations = 1_000;

export function createMessageSearch({ db }: { readonly db: Db }) {
  async function find({ query, ...wanted }: Wanted): Promise<Hit[]> {
    const found = await db.$queryRaw<{ id: string; marked: string }[]>(hitsQuery(wordsOf(query), wanted));
    const messages = await db.message.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
    const byId = new Map(messages.map((message) => [message.id, message]));
    return found.flatMap(({ id, marked }) => {
      const message = byId.get(id);
      return message ? [{ id, sentAt: message.sentAt, message, highlights: rangesOf(marked) }] : [];
    });
  }

  return { find };
}

/**
 * Of each of the viewer's conversations the first of the page, by the index of its words, and of all these the page: what
 * it costs grows with what is there to be found, not with what others write.
 */
function hitsQuery(words: readonly string[], { viewerId, conversationId, page }: Omit<Wanted, 'query'>) {
  const [comparison, direction] = page.forward
    ? [Prisma.sql`<`, Prisma.sql`DESC`]
    : [Prisma.sql`>`, Prisma.sql`ASC`];
  const { beyond, take } = page;
  const bound = beyond
    ? Prisma.sql`AND (m.sent_at, m.id) ${comparison} (${beyond.sentAt}, ${beyond.id}::uuid)`
    : Prisma.empty;
  const place = conversationId ? Prisma.sql`AND conversation_id = ${conversationId}::uuid` : Prisma.empty;
  const order = Prisma.sql`ORDER BY sent_at ${direction}, id ${direction} LIMIT ${take}::int`;
  return Prisma.sql`
    SELECT hit.id, ts_headline('message_search', hit.text,
      to_tsquery('message_search', ${prefixesOf(words)}), ${highlighting}) AS marked
    FROM (
      SELECT part.* FROM (
        SELECT conversation_id, left_at FROM participants
        WHERE user_id = ${viewerId}::uuid AND last_activity_at IS NOT NULL ${place}
        ORDER BY last_activity_at DESC LIMIT ${mostConversations}
      ) AS place CROSS JOIN LATERAL (
        SELECT m.id, m.sent_at, m.text FROM messages m JOIN visibility_windows w ON ${isInWindow}
        WHERE w.conversation_id = place.conversation_id AND w.user_id = ${viewerId}::uuid
          AND message_words(m.conversation_id, m.text) @@ message_query(place.conversation_id, ${words.join(' ')})
          AND coalesce(m.edited_at <= place.left_at, true)
          AND ${isShownTo(Prisma.sql`${viewerId}::uuid`)} ${bound}
        ${order}
      ) AS part ${order}
    ) AS hit ${order}`;
}
