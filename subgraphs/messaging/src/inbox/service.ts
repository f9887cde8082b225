import { AppError, type Clock, type Page } from '@diaspora/kit';
import type {
  ConversationBox,
  ConversationKind,
  Participant,
  Prisma,
} from '../__generated__/prisma/client.js';
import { noSuchConversation } from '../refusals.js';
import type { Db, Transaction } from '../database.js';
import type { ConversationModel } from '../models.js';
import { maxPinned, muteUntil } from './rules.js';

export type Inbox = ReturnType<typeof createInbox>;

export interface ConversationFilter {
  readonly box?: ConversationBox | undefined;
  readonly kinds?: readonly ConversationKind[] | null | undefined;
  readonly isUnread?: boolean | null | undefined;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
}

type Placed = Partial<Pick<Participant, 'box' | 'pinRank' | 'mutedUntil'>>;

/** What is accepted: requests are neither pinned nor put away. */
const accepted = { in: ['INBOX', 'ARCHIVED'] satisfies ConversationBox[] };

/** Where a person has conversations; nobody else hears of it. */
export function createInbox({ db, clock, announceTo }: Dependencies) {
  const listOf = (userId: string, filter: ConversationFilter, page: Page): Promise<ConversationModel[]> =>
    db.participant.findMany({
      where: { AND: [{ userId, lastActivityAt: { not: null } }, matching(filter), page.where] },
      orderBy: page.orderBy,
      take: page.take,
      include: { conversation: true },
    });

  async function place(
    tx: Transaction,
    { userId, conversationId }: { userId: string; conversationId: string },
    placed: Placed,
  ): Promise<ConversationModel> {
    const [side] = await tx.participant.updateManyAndReturn({
      where: { userId, conversationId, box: accepted },
      data: placed,
      include: { conversation: true },
    });
    if (!side) throw noSuchConversation();
    return side;
  }

  /** Under the lock of the person's own row, or two pins at once would both find the last room. */
  async function pin(userId: string, conversationId: string): Promise<ConversationModel> {
    const side = await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT FROM members WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
      const others = { userId, pinRank: 1, conversationId: { not: conversationId } };
      if ((await tx.participant.count({ where: others })) >= maxPinned) {
        const message = `There is room for ${maxPinned} conversations at the top.`;
        throw new AppError('LIMIT_REACHED', message, { path: ['conversationId'] });
      }
      return place(tx, { userId, conversationId }, { pinRank: 1, box: 'INBOX' });
    });
    void announceTo([userId]);
    return side;
  }

  const placing =
    (placed: Placed) =>
    async (userId: string, conversationId: string): Promise<ConversationModel> => {
      const side = await place(db, { userId, conversationId }, placed);
      void announceTo([userId]);
      return side;
    };

  return {
    listOf,
    pin,
    unpin: placing({ pinRank: 0 }),
    archive: placing({ box: 'ARCHIVED', pinRank: 0 }),
    unarchive: placing({ box: 'INBOX' }),
    mute: (userId: string, conversationId: string, until: Date | null | undefined) =>
      placing({ mutedUntil: muteUntil(until, clock.now()) })(userId, conversationId),
    mutedUntil: ({ mutedUntil }: Participant) => (mutedUntil && mutedUntil > clock.now() ? mutedUntil : null),
    unmute: placing({ mutedUntil: null }),
  };
}

const matching = ({ box = 'INBOX', kinds, isUnread }: ConversationFilter): Prisma.ParticipantWhereInput => ({
  box,
  ...(kinds && { conversation: { kind: { in: [...kinds] } } }),
  ...(isUnread != null && { unreadCount: isUnread ? { gt: 0 } : 0 }),
});
