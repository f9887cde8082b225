import { AppError } from '@diaspora/kit';
import { contactsOf } from '../contact-rules.js';
import type { Transaction } from '../database.js';
import { admit, type Side } from '../members/index.js';
import type { Append } from '../messages/index.js';
import type { Telling } from '../notifications/index.js';
import { assertReachable, assertRoom } from './rules.js';

interface BringIn {
  readonly actor: Side;
  readonly userIds: readonly string[];
  readonly at: Date;
  readonly appendLine: Append['appendLine'];
  readonly telling: Pick<Telling, 'withdraw'>;
  /** Takes off the allowance of whoever adds them what people cost whom they do not know. */
  readonly charge: (strangers: number) => Promise<void>;
}

/**
 * Adds people to a group, under its lock, all of them or nobody. Whoever does not know the one who adds them finds the
 * group among the requests. Answers who is new: those who take part already are left as they are.
 */
export async function bringIn(
  tx: Transaction,
  { actor, userIds, at, appendLine, telling, charge }: BringIn,
): Promise<string[]> {
  const { conversationId, conversation } = actor;
  const sides = await tx.participant.findMany({ where: { conversationId, userId: { in: [...userIds] } } });
  const there = new Set(sides.filter(({ leftAt }) => !leftAt).map(({ userId }) => userId));
  const newcomers = [...new Set(userIds)].filter((id) => !there.has(id));
  assertRoom(conversation.memberCount + newcomers.length);
  const contacts = await contactsOf(tx, actor.userId, newcomers);
  for (const id of newcomers) assertReachable(contacts.get(id));
  const strangers = newcomers.filter((id) => contacts.get(id) === 'STRANGER');
  assertHaveNotDeclined(sides.filter(({ userId }) => strangers.includes(userId)));
  if (strangers.length > 0) await charge(strangers.length);
  const acquainted = newcomers.filter((id) => !strangers.includes(id));
  const joined = [
    ...(await admit(tx, { conversationId, userIds: acquainted, at })),
    ...(await admit(tx, { conversationId, userIds: strangers, at, box: 'REQUESTS' })),
  ];
  const line = { type: 'ADDED' as const, personIds: joined };
  if (joined.length > 0) await appendLine(tx, { conversationId, actorId: actor.userId, line });
  // Whoever had asked to join has nothing to wait for.
  await tx.joinRequest.updateMany({
    where: { conversationId, userId: { in: joined }, status: 'PENDING' },
    data: { status: 'APPROVED', decidedById: actor.userId, decidedAt: at },
  });
  const wishes = { type: 'GROUP_JOIN_REQUESTED', objectId: conversationId, actorId: { in: joined } } as const;
  await telling.withdraw(tx, wishes);
  return joined;
}

/** A stranger asks once. */
function assertHaveNotDeclined(sides: readonly { readonly box: string }[]): void {
  if (sides.every(({ box }) => box !== 'DECLINED')) return;
  const message = 'One of these people has declined: send them an invite link.';
  throw new AppError('NOT_CONTACTABLE', message, { path: ['userIds'] });
}
