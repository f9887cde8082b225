import { AppError, parseInput, type Clock } from '@diaspora/kit';
import type { InviteLink, JoinRequest } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { assertAdmin, assertRoom } from '../groups/index.js';
import { inviteLinkIds } from '../ids.js';
import type { JoinRequests } from '../join-requests/index.js';
import { lockAsMember, lockConversation, type Side } from '../members/index.js';
import type { ConversationModel, InvitedGroupModel } from '../models.js';
import { noSuchConversation } from '../refusals.js';
import { drawToken, expiryOf, hashOf, joinsAtOnce, maxLinks, newLink, noSuchLink, validAt } from './rules.js';

export type InviteLinks = ReturnType<typeof createInviteLinks>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly joinRequests: Pick<JoinRequests, 'ask' | 'letIn'>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

interface LinkInput {
  readonly expiresInDays?: number | null | undefined;
  readonly maxUses?: number | null | undefined;
  readonly needsApproval?: boolean | null | undefined;
}

/** What came of a link: somebody is in, or has asked to be. */
export interface Joined {
  readonly conversation: ConversationModel | null;
  readonly joinRequest: JoinRequest | null;
}

export function createInviteLinks({ db, clock, joinRequests, announce }: Dependencies) {
  /** The token is answered once and not kept. */
  async function create(
    userId: string,
    conversationId: string,
    input: LinkInput,
  ): Promise<{ inviteLink: InviteLink; token: string }> {
    const { expiresInDays, ...limits } = parseInput(newLink, input);
    const token = drawToken();
    const inviteLink = await db.$transaction(async (tx) => {
      const admin = await lockAsMember(tx, conversationId, userId);
      if (!admin) throw noSuchConversation();
      assertGroup(admin);
      assertAdmin(admin);
      await assertRoomForLinks(tx, conversationId);
      const createdAt = clock.now();
      const row = { id: inviteLinkIds.create(), conversationId, createdById: userId, createdAt };
      const expiresAt = expiryOf(createdAt, expiresInDays);
      return tx.inviteLink.create({ data: { ...row, ...limits, expiresAt, tokenHash: hashOf(token) } });
    });
    return { inviteLink, token };
  }

  async function assertRoomForLinks(tx: Transaction, conversationId: string): Promise<void> {
    const links = await tx.inviteLink.count({ where: { conversationId, ...validAt(clock.now()) } });
    if (links < maxLinks) return;
    const message = `A group has ${maxLinks} links at most: revoke one first.`;
    throw new AppError('LIMIT_REACHED', message, { path: ['conversationId'] });
  }

  /** Again is the same. */
  async function revoke(userId: string, id: string): Promise<InviteLink> {
    return db.$transaction(async (tx) => {
      const link = await tx.inviteLink.findUnique({ where: { id } });
      const admin = link && (await lockAsMember(tx, link.conversationId, userId));
      if (!admin) throw new AppError('NOT_FOUND', 'There is no such link.', { path: ['inviteLinkId'] });
      assertAdmin(admin);
      await tx.inviteLink.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: clock.now() } });
      return tx.inviteLink.findUniqueOrThrow({ where: { id } });
    });
  }

  /** What one sees of a group before one joins it. */
  async function groupBy(token: string): Promise<InvitedGroupModel | null> {
    const link = await db.inviteLink.findFirst({
      where: { tokenHash: hashOf(token), ...validAt(clock.now()), conversation: { closedAt: null } },
      include: { conversation: true },
    });
    return link && isLeft(link) ? { ...link.conversation, needsApproval: link.needsApproval } : null;
  }

  const isLeft = ({ uses, maxUses }: InviteLink) => maxUses === null || uses < maxUses;

  /** Whoever is in already stays in, and nothing of the link is used. */
  async function join(userId: string, token: string): Promise<Joined> {
    const link = await db.inviteLink.findUnique({ where: { tokenHash: hashOf(token) } });
    if (!link) throw noSuchLink();
    const { conversationId } = link;
    const joined = await db.$transaction(async (tx) => {
      const group = await lockConversation(tx, conversationId);
      if (!group || group.closedAt) throw noSuchLink();
      const side = await tx.participant.findFirst({ where: { conversationId, userId } });
      if (side && !side.leftAt) return inside(tx, userId, conversationId);
      const pending = await tx.joinRequest.findFirst({
        where: { conversationId, userId, status: 'PENDING' },
      });
      if (pending) return { conversation: null, joinRequest: pending };
      await useOnce(tx, link.id);
      if (!joinsAtOnce(link, side))
        return { conversation: null, joinRequest: await joinRequests.ask(tx, conversationId, userId) };
      assertRoom(group.memberCount + 1);
      await joinRequests.letIn(tx, conversationId, userId);
      return inside(tx, userId, conversationId);
    });
    void announce(conversationId);
    return joined;
  }

  /** One statement decides who gets the last use, and whether the link is valid at this moment. */
  async function useOnce(tx: Transaction, id: string): Promise<void> {
    const used = await tx.$executeRaw`
      UPDATE invite_links SET uses = uses + 1 WHERE id = ${id}::uuid AND revoked_at IS NULL
        AND expires_at > ${clock.now()} AND (max_uses IS NULL OR uses < max_uses)`;
    if (used === 0) throw noSuchLink();
  }

  const inside = async (tx: Transaction, userId: string, conversationId: string): Promise<Joined> => ({
    conversation: await tx.participant.findUniqueOrThrow({
      where: { conversationId_userId: { conversationId, userId } },
      include: { conversation: true },
    }),
    joinRequest: null,
  });

  return { create, revoke, groupBy, join };
}

function assertGroup({ conversation }: Side): void {
  if (conversation.kind === 'GROUP') return;
  throw new AppError('INVALID_INPUT', 'This is not a group.', { path: ['conversationId'] });
}
