import { AppError, idempotent, parseInput, type Audit, type Clock, type Outbox } from '@diaspora/kit';
import type { ConsulReview } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { officeIds, reviewIds, userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { assertMayDecide, standingOf } from '../offices/index.js';
import { reviewInput } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
}

/** What those above write about a consul. Nothing is changed afterwards. */
export function createConsulReviews({ db, clock, outbox, audit }: Dependencies) {
  async function write(reviewerId: string, officeId: string, input: object): Promise<ConsulReview> {
    const { idempotencyKey: key, ...review } = parseInput(reviewInput, input);
    const call = { actor: reviewerId, operation: 'reviewConsul', key, request: { officeId, ...review } };
    const { id } = await db.$transaction(async (tx) => {
      const holderId = await holderFor(tx, reviewerId, officeId);
      return idempotent(tx, call, () => keep(tx, holderId, { officeId, reviewerId, ...review }));
    });
    return db.consulReview.findUniqueOrThrow({ where: { id } });
  }

  /** Whose office it is. Throws unless the reviewer decides about it. */
  async function holderFor(tx: Transaction, reviewerId: string, officeId: string): Promise<string> {
    const reviewer = await standingOf(tx, reviewerId, clock.now());
    const office = await tx.office.findFirst({ where: { id: officeId, role: 'CONSUL' } });
    if (!office) throw new AppError('NOT_FOUND', 'There is no such consul.', { path: ['officeId'] });
    assertMayDecide(reviewer, office);
    return office.holderId;
  }

  async function keep(tx: Transaction, holderId: string, review: Omit<ConsulReview, 'id' | 'createdAt'>) {
    const id = reviewIds.create();
    await tx.consulReview.create({ data: { id, createdAt: clock.now(), ...review } });
    const [officeId, userId] = [officeIds.encode(review.officeId), userIds.encode(holderId)];
    await audit.record(tx, {
      action: 'office.reviewed',
      subject: { type: 'Office', id: officeId },
      personId: holderId,
      after: { assessment: review.assessment },
    });
    const data = { officeId, userId, reviewerId: userIds.encode(review.reviewerId) };
    await outbox.publish(tx, { type: 'office.reviewed', key: userId, data });
    return { id };
  }

  return { write };
}
