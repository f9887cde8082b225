import { defineJob, onJob, type Clock, type JobTasks } from '@diaspora/kit';
import { z } from 'zod';
import type { Db } from '../database.js';

const countActivity = defineJob('countActivity', z.object({}));

/**
 * Counts, each night, who was here on the days before: as numbers, after which the marks are gone. Of a person the last
 * day is left, by which a week or a month counts them once.
 */
export function createCounting({ db, clock }: { db: Db; clock: Clock }): {
  readonly jobs: JobTasks;
  readonly crontab: string;
} {
  async function countEnded(): Promise<void> {
    const today = clock.now().toISOString().slice(0, 10);
    const days = await db.$queryRaw<{ day: string }[]>`
      SELECT DISTINCT day::text FROM activity_marks WHERE day < ${today}::date ORDER BY 1`;
    for (const { day } of days) await countDay(day);
  }

  /** One statement: a mark that is deleted is counted, once, whatever else counts at the same moment. */
  const countDay = (day: string) => db.$executeRaw`
    WITH today AS (
      SELECT ${day}::date AS day, date_trunc('week', ${day}::date)::date AS week,
        date_trunc('month', ${day}::date)::date AS month),
    marks AS (DELETE FROM activity_marks USING today WHERE activity_marks.day = today.day RETURNING account_id),
    active AS (
      SELECT m.account_id, m.country_code, date_trunc('week', m.registered_on)::date AS cohort,
        coalesce(m.active_on < today.week, true) AS is_new_in_week,
        coalesce(m.active_on < today.month, true) AS is_new_in_month
      FROM marks JOIN memberships m USING (account_id), today),
    counts AS (
      SELECT 'DAY'::report_interval AS interval, day AS starts_on, country_code FROM active, today
      UNION ALL SELECT 'WEEK', week, country_code FROM active, today WHERE is_new_in_week
      UNION ALL SELECT 'MONTH', month, country_code FROM active, today WHERE is_new_in_month),
    counted AS (
      INSERT INTO activity_counts AS known (interval, starts_on, country_code, people)
      SELECT interval, starts_on, country_code, count(*) FROM counts GROUP BY 1, 2, 3
      ON CONFLICT (interval, starts_on, country_code) DO UPDATE SET people = known.people + excluded.people),
    retained AS (
      INSERT INTO retention_counts AS known (cohort_on, week, country_code, people)
      SELECT cohort, (today.week - cohort) / 7, country_code, count(*) FROM active, today
      WHERE is_new_in_week AND cohort <= today.week GROUP BY 1, 2, 3
      ON CONFLICT (cohort_on, week, country_code) DO UPDATE SET people = known.people + excluded.people)
    UPDATE memberships m SET active_on = greatest(m.active_on, today.day)
    FROM active, today WHERE m.account_id = active.account_id`;

  return { jobs: onJob(countActivity, countEnded), crontab: `11 0 * * * ${countActivity.name}` };
}
