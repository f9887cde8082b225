import type pg from 'pg';
import { z } from 'zod';
import { eventually } from '../../messages/testing.js';
import { defineJob, onJob, type JobTasks } from '../definitions.js';

/** A job that notes that it began, and ends when the test says so. */
export const hold = defineJob('hold', z.object({ name: z.string() }));

/** To be run as the owner of the test's database. */
export const holdingTables = `
  CREATE TABLE trace (
    position bigint GENERATED ALWAYS AS IDENTITY, name text, runner text, what text, attempt int
  );
  CREATE TABLE released (name text PRIMARY KEY);
`;

/** Notes what happens in the name of `runner`. */
export function holdingTasks(pool: pg.Pool, runner: string): JobTasks {
  const note = (name: string, what: string, attempt: number) =>
    pool.query('INSERT INTO trace (name, runner, what, attempt) VALUES ($1, $2, $3, $4)', [
      name,
      runner,
      what,
      attempt,
    ]);
  return onJob(hold, async ({ name }, { signal, attempt }) => {
    await note(name, 'began', attempt);
    await eventually(async () => {
      if (signal.aborted) return true;
      return (await pool.query('SELECT FROM released WHERE name = $1', [name])).rowCount;
    });
    await note(name, signal.aborted ? 'aborted' : 'ended', attempt);
    signal.throwIfAborted();
  });
}
