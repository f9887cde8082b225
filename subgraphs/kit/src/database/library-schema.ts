import type { Client } from 'pg';

/**
 * The tables kit itself needs in every subgraph's database, as steps that are run once and in order.
 * A step that was released is never edited: add another.
 */
const STEPS: readonly string[] = [
  `
  -- Messages to publish, written in the transaction of the change they tell of. sequence: null = not yet published.
  CREATE TABLE kit.outbox (
    id uuid PRIMARY KEY,
    type text NOT NULL,
    key text NOT NULL,
    envelope jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sequence bigint UNIQUE,
    position bigint GENERATED ALWAYS AS IDENTITY
  );
  CREATE INDEX outbox_unpublished ON kit.outbox (position) WHERE sequence IS NULL;
  CREATE INDEX outbox_created_at ON kit.outbox (created_at);

  CREATE FUNCTION kit.notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_notify('kit_outbox', '');
    RETURN NULL;
  END $$;
  CREATE TRIGGER outbox_notify AFTER INSERT ON kit.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION kit.notify_outbox();

  -- Messages already handled: makes handling idempotent.
  CREATE TABLE kit.inbox (
    message_id uuid PRIMARY KEY,
    source text,
    type text,
    handled_at timestamptz DEFAULT now()
  );
  CREATE INDEX inbox_handled_at ON kit.inbox (handled_at);

  -- Messages whose handling failed, and those behind them with the same key; dead_at: given up, for a person to see.
  CREATE TABLE kit.parked_messages (
    message_id uuid PRIMARY KEY,
    source text,
    type text,
    key text,
    envelope jsonb,
    attempts int,
    next_attempt_at timestamptz,
    last_error text,
    dead_at timestamptz,
    parked_at timestamptz DEFAULT now(),
    position bigint GENERATED ALWAYS AS IDENTITY
  );
  CREATE INDEX parked_messages_due ON kit.parked_messages (next_attempt_at) WHERE dead_at IS NULL;
  CREATE INDEX parked_messages_key ON kit.parked_messages (source, key, position);
  CREATE INDEX parked_messages_dead ON kit.parked_messages (dead_at) WHERE dead_at IS NOT NULL;

  -- Answers of commands that must not happen twice.
  CREATE TABLE kit.idempotency_keys (
    actor text,
    operation text,
    key text,
    request_hash text NOT NULL,
    response jsonb,
    created_at timestamptz DEFAULT now(),
    PRIMARY KEY (actor, operation, key)
  );
  CREATE INDEX idempotency_keys_created_at ON kit.idempotency_keys (created_at);
  `,
  `
  -- Runners of background jobs by the name under which they lock jobs. Each holds an advisory lock while it is there;
  -- missing_since: when somebody first found that lock free.
  CREATE TABLE kit.job_runners (
    id text PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    missing_since timestamptz
  );
  `,
  `
  -- Work that takes longer than a request. run: which begin of it may still write; cursor: where the next one goes on.
  CREATE TABLE kit.long_jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    owner_id uuid NOT NULL,
    key text,
    input jsonb NOT NULL,
    status text NOT NULL DEFAULT 'QUEUED'
      CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    run int NOT NULL DEFAULT 0,
    cursor jsonb,
    done int NOT NULL DEFAULT 0,
    total int,
    result jsonb,
    error_code text,
    error_message text,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    forget_at timestamptz,
    CHECK ((finished_at IS NULL) = (status IN ('QUEUED', 'RUNNING')))
  );
  CREATE UNIQUE INDEX long_jobs_one_under_way ON kit.long_jobs (kind, key) WHERE status IN ('QUEUED', 'RUNNING');
  CREATE INDEX long_jobs_owner ON kit.long_jobs (owner_id, kind, id);
  CREATE INDEX long_jobs_forget_at ON kit.long_jobs (forget_at);
  `,
];

/** Brings schema `kit` up to date as its owner; returns how many steps were run. The caller holds the migration lock. */
export async function applyLibrarySchema(owner: Client): Promise<number> {
  const done = await appliedSteps(owner);
  for (const [index, step] of STEPS.entries()) {
    if (index < done) continue;
    await owner.query('BEGIN');
    try {
      if (index === 0) {
        await owner.query('CREATE SCHEMA IF NOT EXISTS kit');
        await owner.query(
          'CREATE TABLE IF NOT EXISTS kit.migrations (step int PRIMARY KEY, applied_at timestamptz DEFAULT now())',
        );
      }
      await owner.query(step);
      await owner.query('INSERT INTO kit.migrations (step) VALUES ($1)', [index + 1]);
      await owner.query('COMMIT');
    } catch (error) {
      await owner.query('ROLLBACK');
      throw error;
    }
  }
  return STEPS.length - done;
}

async function appliedSteps(owner: Client): Promise<number> {
  const known = await owner.query<{ known: string | null }>(
    `SELECT to_regclass('kit.migrations')::text AS known`,
  );
  if (!known.rows[0]?.known) return 0;
  const { rows } = await owner.query<{ step: number | null }>('SELECT max(step) AS step FROM kit.migrations');
  return rows[0]?.step ?? 0;
}
