import { AppError, idempotent, parseInput, type Clock, type Outbox, type Viewer } from '@diaspora/kit';
import type { HistoryVisibility, Participant, ParticipantRole } from '../__generated__/prisma/client.js';
import { noSuchConversation } from '../refusals.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { conversationIds, userIds as personIds } from '../ids.js';
import { admit, dismiss, endLinksOf, lockAsMember, type Side } from '../members/index.js';
import type { Allowance, Append } from '../messages/index.js';
import type { MessagingMessages } from '../messages.js';
import type { ConversationModel } from '../models.js';
import type { Telling } from '../notifications/index.js';
import { bringIn } from './bringing-in.js';
import {
  assertAdmin,
  assertMayRemove,
  assertOwner,
  assertOwnerStays,
  groupChange,
  newGroup,
} from './rules.js';

export type Groups = ReturnType<typeof createGroups>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly appendLine: Append['appendLine'];
  readonly telling: Pick<Telling, 'withdraw'>;
  readonly allowance: Allowance;
  /** Takes somebody out who wishes it, under the lock of the conversation. */
  readonly depart: (tx: Transaction, side: Side) => Promise<void>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

/** Which group, and who acts there. */
export interface Acting {
  readonly actorId: string;
  readonly conversationId: string;
}

type Optional<Value> = Value | null | undefined;

interface GroupChange {
  readonly name?: Optional<string>;
  readonly historyVisibility?: Optional<HistoryVisibility>;
  /** Null takes it away. */
  readonly pictureId?: Optional<string>;
}

interface GroupInput {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly historyVisibility?: Optional<HistoryVisibility>;
  readonly pictureId?: Optional<string>;
}

/** Nobody shows what somebody else uploaded: content compares. */
const shownBy = (pictureId: string | null, actorId: string) => ({
  pictureId,
  pictureOwnerId: pictureId && actorId,
});

const owning: Prisma.ParticipantWhereInput = { role: 'OWNER' };
const accepted: Prisma.ParticipantWhereInput = { box: { in: ['INBOX', 'ARCHIVED'] } };

const noSuchMember = (field: string) =>
  new AppError('NOT_FOUND', 'There is no such member.', { path: [field] });

export function createGroups(dependencies: Dependencies) {
  const { db, clock, outbox, appendLine, telling, allowance, depart, announce } = dependencies;

  async function create(owner: Viewer, { memberIds, ...input }: GroupInput): Promise<ConversationModel> {
    const ownerId = owner.id;
    const { idempotencyKey: key, ...group } = parseInput(newGroup, input);
    const call = { actor: ownerId, operation: 'createGroup', key, request: { ...group, memberIds } };
    const { conversationId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const conversationId = conversationIds.create();
        const at = clock.now();
        const row = { id: conversationId, kind: 'GROUP' as const, memberCount: 0, createdAt: at, ...group };
        await tx.conversation.create({ data: { ...row, ...shownBy(group.pictureId ?? null, ownerId) } });
        await admit(tx, { conversationId, userIds: [ownerId], role: 'OWNER', at });
        await appendLine(tx, {
          conversationId,
          actorId: ownerId,
          line: { type: 'CREATED', name: group.name },
        });
        const actor = (await lockAsMember(tx, conversationId, ownerId))!;
        const joined = await bringIn(tx, { ...bringing(tx, owner), actor, userIds: memberIds, at });
        await publishCreated(tx, conversationId, [ownerId, ...joined], at);
        return { conversationId };
      }),
    );
    void announce(conversationId);
    return sideOf(db, { actorId: ownerId, conversationId });
  }

  const bringing = (tx: Transaction, viewer: Viewer) => ({
    ...{ appendLine, telling },
    charge: (strangers: number) => allowance.spend(tx, viewer, strangers),
  });

  async function publishCreated(tx: Transaction, id: string, participants: readonly string[], at: Date) {
    const conversationId = conversationIds.encode(id);
    const participantIds = participants.map((each) => personIds.encode(each));
    const data = { conversationId, kind: 'GROUP' as const, participantIds, createdAt: at.toISOString() };
    await outbox.publish(tx, { type: 'conversation.created', key: conversationId, data });
  }

  /** Under the group's lock, for somebody who takes part in it: whatever runs at once follows one after the other. */
  async function changing(
    acting: Acting,
    change: (tx: Transaction, actor: Side) => Promise<void>,
  ): Promise<ConversationModel> {
    const side = await db.$transaction(async (tx) => {
      const actor = await lockAsMember(tx, acting.conversationId, acting.actorId);
      if (!actor) throw noSuchConversation();
      if (actor.conversation.kind !== 'GROUP')
        throw new AppError('INVALID_INPUT', 'This is not a group.', { path: ['conversationId'] });
      await change(tx, actor);
      return sideOf(tx, acting);
    });
    void announce(acting.conversationId);
    return side;
  }

  const sideOf = (tx: Transaction, { actorId: userId, conversationId }: Acting): Promise<ConversationModel> =>
    tx.participant.findUniqueOrThrow({
      where: { conversationId_userId: { conversationId, userId } },
      include: { conversation: true },
    });

  const update = (acting: Acting, input: GroupChange) => {
    const change = parseInput(groupChange, input);
    return changing(acting, async (tx, actor) => {
      assertAdmin(actor);
      const { name, pictureId } = change;
      const isOther = pictureId !== undefined && pictureId !== actor.conversation.pictureId;
      const data = { ...change, ...(isOther && shownBy(pictureId, acting.actorId)) };
      await tx.conversation.update({ where: { id: acting.conversationId }, data });
      if (name !== undefined && name !== actor.conversation.name)
        await appendLine(tx, { ...acting, line: { type: 'RENAMED', name } });
      if (isOther) await appendLine(tx, { ...acting, line: { type: 'PICTURE_CHANGED' } });
    });
  };

  const addMembers = (viewer: Viewer, conversationId: string, userIds: readonly string[]) =>
    changing({ actorId: viewer.id, conversationId }, async (tx, actor) => {
      assertAdmin(actor);
      await bringIn(tx, { ...bringing(tx, viewer), actor, userIds, at: clock.now() });
    });

  const removeMember = (acting: Acting, userId: string) =>
    changing(acting, async (tx, actor) => {
      assertMayRemove(actor, await memberOf(tx, acting, userId, 'userId'));
      const { conversationId } = acting;
      await appendLine(tx, { ...acting, line: { type: 'REMOVED', personIds: [userId] } });
      await dismiss(tx, { conversationId, userIds: [userId], at: clock.now() });
      await tx.participant.updateMany({ where: { conversationId, userId }, data: { wasRemoved: true } });
      await telling.withdraw(tx, { recipientId: userId, objectId: conversationId });
    });

  const setRole = (acting: Acting, userId: string, role: ParticipantRole) =>
    changing(acting, async (tx, actor) => {
      assertOwner(actor);
      const target = await memberOf(tx, acting, userId, 'userId');
      if (target.role === role) return;
      if (target.role === 'OWNER') assertOwnerStays(await others(tx, target, owning), 'role');
      await giveRole(tx, acting, userId, role);
    });

  /** The only owner hands over to the successor, unless nobody has accepted yet; the last one closes the group. */
  const leave = (acting: Acting, successorId: string | null) =>
    changing(acting, async (tx, actor) => {
      if (actor.role === 'OWNER' && successorId !== null && successorId !== acting.actorId) {
        await memberOf(tx, acting, successorId, 'successorId');
        await giveRole(tx, acting, successorId, 'OWNER');
      }
      if (actor.role === 'OWNER' && (await others(tx, actor, accepted)) > 0)
        assertOwnerStays(await others(tx, actor, owning), 'successorId');
      await depart(tx, actor);
      const { actorId, conversationId } = acting;
      await telling.withdraw(tx, { recipientId: actorId, objectId: conversationId });
    });

  async function giveRole(tx: Transaction, acting: Acting, userId: string, role: ParticipantRole) {
    const { conversationId } = acting;
    if (role === 'MEMBER') await endLinksOf(tx, { conversationId, userIds: [userId], at: clock.now() });
    // Nothing is laid upon who has not accepted to be there.
    const { count } = await tx.participant.updateMany({
      where: { conversationId, userId, ...accepted },
      data: { role },
    });
    if (count === 0) throw noSuchMember('userId');
    await appendLine(tx, { ...acting, line: { type: 'ROLE_CHANGED', personIds: [userId], role } });
    // Whoever is no admin any more decides nothing.
    if (role === 'MEMBER')
      await telling.withdraw(tx, {
        recipientId: userId,
        type: 'GROUP_JOIN_REQUESTED',
        objectId: conversationId,
      });
  }

  /** Somebody who takes part. */
  async function memberOf(tx: Transaction, { conversationId }: Acting, userId: string, field: string) {
    const member = await tx.participant.findFirst({ where: { conversationId, userId, leftAt: null } });
    if (!member) throw noSuchMember(field);
    return member;
  }

  const others = (
    tx: Transaction,
    { conversationId, userId }: Participant,
    which: Prisma.ParticipantWhereInput,
  ): Promise<number> =>
    tx.participant.count({ where: { conversationId, userId: { not: userId }, leftAt: null, ...which } });

  return { create, update, addMembers, removeMember, setRole, leave };
}
