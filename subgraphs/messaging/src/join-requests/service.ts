import { AppError, type Clock, type Page } from '@diaspora/kit';
import type { JoinRequest } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { assertAdmin, assertRoom } from '../groups/index.js';
import { joinRequestIds } from '../ids.js';
import { admit, lockAsMember } from '../members/index.js';
import type { Append } from '../messages/index.js';
import { joinDecisionNotice, joinWishNotices, type Telling } from '../notifications/index.js';

export type JoinRequests = ReturnType<typeof createJoinRequests>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly appendLine: Append['appendLine'];
  readonly telling: Pick<Telling, 'tell' | 'tellAll' | 'withdraw'>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

const noSuchRequest = () =>
  new AppError('NOT_FOUND', 'There is no such request.', { path: ['joinRequestId'] });

export function createJoinRequests({ db, clock, appendLine, telling, announce }: Dependencies) {
  /** Under the group's lock. Whoever was declined may ask again. */
  async function ask(tx: Transaction, conversationId: string, userId: string): Promise<JoinRequest> {
    const asked = { status: 'PENDING' as const, askedAt: clock.now(), decidedById: null, decidedAt: null };
    const request = await tx.joinRequest.upsert({
      where: { conversationId_userId: { conversationId, userId } },
      create: { id: joinRequestIds.create(), conversationId, userId, ...asked },
      update: asked,
    });
    const admins = await tx.participant.findMany({
      where: { conversationId, leftAt: null, role: { in: ['OWNER', 'ADMIN'] } },
    });
    await telling.tellAll(
      tx,
      joinWishNotices(
        request,
        admins.map((admin) => admin.userId),
      ),
    );
    return request;
  }

  /** Under the group's lock. */
  async function letIn(tx: Transaction, conversationId: string, userId: string): Promise<void> {
    const joined = await admit(tx, { conversationId, userIds: [userId], at: clock.now() });
    if (joined.length > 0)
      await appendLine(tx, { conversationId, actorId: userId, line: { type: 'JOINED' } });
  }

  /** Nobody has to decide it any more. */
  const settle = (tx: Transaction, { conversationId, userId }: JoinRequest): Promise<void> =>
    telling.withdraw(tx, { type: 'GROUP_JOIN_REQUESTED', objectId: conversationId, actorId: userId });

  /** The first decision counts; the same again is the same. */
  async function decide(adminId: string, id: string, isApproved: boolean): Promise<JoinRequest> {
    const request = await db.joinRequest.findUnique({ where: { id } });
    if (!request) throw noSuchRequest();
    const decided = await db.$transaction(async (tx) => {
      const admin = await lockAsMember(tx, request.conversationId, adminId);
      if (!admin) throw noSuchRequest();
      assertAdmin(admin);
      const status = isApproved ? ('APPROVED' as const) : ('DECLINED' as const);
      const { count } = await tx.joinRequest.updateMany({
        where: { id, status: 'PENDING' },
        data: { status, decidedById: adminId, decidedAt: clock.now() },
      });
      const now = await tx.joinRequest.findUniqueOrThrow({ where: { id } });
      if (count === 0 && now.status !== status)
        throw new AppError('CONFLICT', 'Another admin has decided.', { path: ['joinRequestId'] });
      if (count > 0 && isApproved) {
        assertRoom(admin.conversation.memberCount + 1);
        await letIn(tx, request.conversationId, request.userId);
      }
      if (count > 0) {
        await settle(tx, now);
        await telling.tell(tx, joinDecisionNotice(now, isApproved));
      }
      return now;
    });
    void announce(request.conversationId);
    return decided;
  }

  const pendingOf = (conversationId: string, page: Page): Promise<JoinRequest[]> =>
    db.joinRequest.findMany({
      where: { AND: [{ conversationId, status: 'PENDING' }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { ask, letIn, decide, pendingOf };
}
