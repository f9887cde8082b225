import { defineJob, onJob, type Clock, type JobTasks } from '@diaspora/kit';
import { z } from 'zod';
import type { Db } from '../database.js';
import { anniversaryNotice } from './people-rules.js';
import type { Telling } from './telling.js';

const tellAnniversaries = defineJob('tellAnniversaries', z.object({}));

const pageSize = 200;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly telling: Telling;
}

/** Tells people on the day they have been members for one more year; of 29 February, on the day before in other years. */
export function createAnniversaries({ db, clock, telling }: Dependencies) {
  async function tellPage(after: string | null): Promise<string | null> {
    const now = clock.now();
    return db.$transaction(async (tx) => {
      const people = await tx.$queryRaw<{ id: string; years: number }[]>`
        SELECT id, years FROM members, LATERAL (
          SELECT (extract(year FROM ${now}::timestamptz AT TIME ZONE 'UTC')
            - extract(year FROM registered_at AT TIME ZONE 'UTC'))::int AS years) since
        WHERE (registered_at AT TIME ZONE 'UTC' + make_interval(years => years))::date
            = (${now}::timestamptz AT TIME ZONE 'UTC')::date
          AND years > 0 AND erased_at IS NULL AND (${after}::uuid IS NULL OR id > ${after}::uuid)
        ORDER BY id LIMIT ${pageSize}`;
      await telling.tellAll(
        tx,
        people.map(({ id, years }) => anniversaryNotice(id, years)),
      );
      return people.length === pageSize ? people.at(-1)!.id : null;
    });
  }

  const jobs: JobTasks = onJob(tellAnniversaries, async () => {
    for (let after = await tellPage(null); after;) after = await tellPage(after);
  });
  return { jobs, crontab: `10 8 * * * ${tellAnniversaries.name}` };
}
