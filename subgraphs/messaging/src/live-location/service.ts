import { addJob, onJob, parseInput, type Clock, type JobTasks } from '@diaspora/kit';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { liveLocationIds } from '../ids.js';
import { enter } from '../messages/index.js';
import type { LiveLocationModel } from '../models.js';
import { takeAway } from './ending.js';
import { endLiveLocation } from './jobs.js';
import { endOf, hasEnded, sharing, update as newPosition } from './rules.js';

export type LiveLocations = ReturnType<typeof createLiveLocations>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wake whoever listens to the conversation, or follows where people are there. They never reject. */
  readonly announce: (conversationId: string) => Promise<void>;
  readonly announceLocations: (conversationId: string) => Promise<void>;
}

interface Position {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMeters?: number | null | undefined;
}

export function createLiveLocations(dependencies: Dependencies) {
  const { db, clock, announce, announceLocations } = dependencies;

  /** One of each person in a conversation; its job deletes it at its end, which moves when it is shared anew. */
  async function share(
    userId: string,
    { conversationId, ...input }: { conversationId: string; minutes: number; position: Position },
  ): Promise<LiveLocationModel> {
    const { minutes, position } = parseInput(sharing, input);
    const location = await db.$transaction(async (tx) => {
      await enter(tx, { conversationId, personId: userId });
      const startedAt = clock.now();
      const endsAt = endOf(startedAt, minutes);
      const row = { ...columnsOf(position), startedAt, updatedAt: startedAt, endsAt };
      const shared = await tx.liveLocation.upsert({
        where: { conversationId_userId: { conversationId, userId } },
        create: { id: liveLocationIds.create(), conversationId, userId, ...row },
        update: row,
      });
      await endAtItsTime(tx, shared);
      const details = { endsAt: endsAt.toISOString() };
      const happening = {
        kind: 'LIVE_LOCATION_SHARED',
        actorId: userId,
        occurredAt: startedAt,
        details,
      } as const;
      await appendEvent(tx, conversationId, happening);
      return shared;
    });
    void announce(conversationId);
    void announceLocations(conversationId);
    return location;
  }

  /** One statement decides, by the clock of the service, whether it is still shared. */
  async function update(
    userId: string,
    { id, ...input }: { id: string; position: Position },
  ): Promise<LiveLocationModel> {
    const { position } = parseInput(newPosition, input);
    const now = clock.now();
    const [updated] = await db.liveLocation.updateManyAndReturn({
      where: {
        id,
        userId,
        endsAt: { gt: now },
        conversation: { participants: { some: { userId, leftAt: null } } },
      },
      data: { ...columnsOf(position), updatedAt: now },
    });
    if (!updated) throw hasEnded();
    void announceLocations(updated.conversationId);
    return updated;
  }

  /** Whether it was the person's, and still shared. */
  const stop = (userId: string, id: string): Promise<boolean> => end({ id, userId });

  /** The conversation first, as everywhere; then whatever of it is still there. */
  async function end(which: { id: string; userId?: string; endsAt?: { lte: Date } }): Promise<boolean> {
    const found = await db.liveLocation.findFirst({ where: which });
    if (!found) return false;
    const { conversationId } = found;
    const count = await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
      return takeAway(tx, { conversationId, which, at: clock.now() });
    });
    void announce(conversationId);
    void announceLocations(conversationId);
    return count > 0;
  }

  /** Comes again when it was early: the clocks of the database and of the service need not agree. */
  const jobs: JobTasks = onJob(endLiveLocation, async ({ id }) => {
    await end({ id, endsAt: { lte: clock.now() } });
    const [remaining] = await db.liveLocation.findMany({ where: { id } });
    if (remaining) await endAtItsTime(db, remaining);
  });

  const endAtItsTime = (tx: Transaction, { id, endsAt }: LiveLocationModel) =>
    addJob(tx, endLiveLocation, { id }, { runAt: endsAt, jobKey: `live-location:${id}` });

  return { share, update, stop, jobs };
}

const columnsOf = ({ latitude, longitude, accuracyMeters }: Position) => ({
  latitude,
  longitude,
  accuracyMeters: accuracyMeters ?? null,
});
