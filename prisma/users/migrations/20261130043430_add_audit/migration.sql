-- CreateEnum
CREATE TYPE "audit_actor_kind" AS ENUM ('PERSON', 'SERVICE', 'ANONYMOUS', 'SYSTEM');

-- CreateEnum
CREATE TYPE "audit_part" AS ENUM ('CHANGE', 'ORIGIN');

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "action" TEXT NOT NULL,
    "actor_kind" "audit_actor_kind" NOT NULL,
    "actor_id" UUID,
    "on_behalf_of_id" UUID,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "person_id" UUID,
    "request_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "change_commitment" TEXT,
    "origin_commitment" TEXT,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id","recorded_at")
) PARTITION BY RANGE ("recorded_at");

-- CreateTable
CREATE TABLE "audit_details" (
    "entry_id" UUID NOT NULL,
    "part" "audit_part" NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "owner_id" UUID,
    "salt" TEXT,
    "data" JSONB,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_details_pkey" PRIMARY KEY ("entry_id","part","recorded_at")
) PARTITION BY RANGE ("recorded_at");

-- CreateTable
CREATE TABLE "audit_chains" (
    "source" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3),
    "seal" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "checked_to" BIGINT NOT NULL DEFAULT 0,
    "faults" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "audit_chains_pkey" PRIMARY KEY ("source")
);

-- CreateTable
CREATE TABLE "audit_anchors" (
    "source" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "is_base" BOOLEAN NOT NULL DEFAULT false,
    "hash" TEXT NOT NULL,
    "anchored_at" TIMESTAMPTZ(3) NOT NULL,
    "seal" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "faults" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "audit_anchors_pkey" PRIMARY KEY ("source","sequence","is_base")
);

-- CreateIndex
CREATE INDEX "audit_entries_occurred_at_id_idx" ON "audit_entries"("occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_actor_id_occurred_at_id_idx" ON "audit_entries"("actor_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_person_id_occurred_at_id_idx" ON "audit_entries"("person_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_subject_id_occurred_at_id_idx" ON "audit_entries"("subject_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_action_occurred_at_id_idx" ON "audit_entries"("action", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_request_id_idx" ON "audit_entries"("request_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entries_source_sequence_recorded_at_key" ON "audit_entries"("source", "sequence", "recorded_at");

-- CreateIndex
CREATE INDEX "audit_details_owner_id_idx" ON "audit_details"("owner_id");

-- AddForeignKey
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_source_fkey" FOREIGN KEY ("source") REFERENCES "audit_chains"("source") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Everybody who can log in may add; nobody, the owner by mistake included, may change or remove.
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_entries", "audit_details" FROM users_service;
REVOKE DELETE, TRUNCATE ON "audit_chains" FROM users_service;
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_anchors" FROM users_service;
GRANT UPDATE ("checked_at", "faults") ON "audit_anchors" TO users_service;

CREATE FUNCTION "audit_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is only ever added to (% of %)', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

-- Of what can be erased nothing but that: salt and content go, everything else stays.
CREATE FUNCTION "audit_refuse_unless_erased"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.salt IS NULL AND NEW.data IS NULL
    AND (NEW.entry_id, NEW.part, NEW.recorded_at) = (OLD.entry_id, OLD.part, OLD.recorded_at)
    AND NEW.owner_id IS NOT DISTINCT FROM OLD.owner_id
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit trail is only ever added to (UPDATE of %)', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION "audit_refuse_unless_checked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.source, NEW.sequence, NEW.is_base, NEW.hash, NEW.anchored_at, NEW.seal)
    = (OLD.source, OLD.sequence, OLD.is_base, OLD.hash, OLD.anchored_at, OLD.seal)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit trail is only ever added to (UPDATE of %)', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER "audit_entries_stay" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_details_stay" BEFORE DELETE ON "audit_details"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_details_change_by_erasure" BEFORE UPDATE ON "audit_details"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse_unless_erased"();
CREATE TRIGGER "audit_chains_stay" BEFORE DELETE ON "audit_chains"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_anchors_stay" BEFORE DELETE ON "audit_anchors"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_anchors_change_by_checks" BEFORE UPDATE ON "audit_anchors"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse_unless_checked"();
CREATE TRIGGER "audit_entries_not_emptied" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_details_not_emptied" BEFORE TRUNCATE ON "audit_details"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_chains_not_emptied" BEFORE TRUNCATE ON "audit_chains"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_anchors_not_emptied" BEFORE TRUNCATE ON "audit_anchors"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();

-- What the service may not do itself, it does by these functions of the owner.

-- Makes the partitions of the month of a moment (UTC) where they are missing. They are made apart and then attached:
-- unlike CREATE TABLE ... PARTITION OF that waits for nobody who reads or adds.
CREATE FUNCTION "audit_prepare_month"("moment" timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  parent text;
  child text;
BEGIN
  IF to_regclass('audit_details_' || to_char(month, 'YYYY_MM')) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_prepare_month', 0));
  FOREACH parent IN ARRAY ARRAY['audit_entries', 'audit_details'] LOOP
    child := parent || '_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(child) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child,
      month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    -- Reached through its parent only. Rules against TRUNCATE are not inherited.
    EXECUTE format('REVOKE ALL ON %I FROM users_service', child);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
      child || '_not_emptied', child);
  END LOOP;
END $$;

CREATE SCHEMA "audit_archive";
REVOKE ALL ON SCHEMA "audit_archive" FROM users_service;

-- Takes the partitions of a month (YYYY_MM) out of the trail, to be exported and then dropped by whoever runs the
-- database. Nothing younger than a year goes, whatever the service asks for.
CREATE FUNCTION "audit_archive_month"("month" text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  parent text;
  child text;
BEGIN
  IF to_date(month, 'YYYY_MM') > current_date - interval '13 months' THEN
    RAISE EXCEPTION 'the audit trail of the last year stays' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOREACH parent IN ARRAY ARRAY['audit_entries', 'audit_details'] LOOP
    child := parent || '_' || month;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
    EXECUTE format('ALTER TABLE %I SET SCHEMA audit_archive', child);
  END LOOP;
END $$;

-- Erases what is a person's beside the lines, in the archive too; answers how much it was.
CREATE FUNCTION "audit_erase"("person" uuid, "moment" timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place text;
  here bigint;
  erased bigint := 0;
BEGIN
  FOR place IN
    SELECT 'public.audit_details' UNION ALL
    SELECT format('audit_archive.%I', relname) FROM pg_class
    WHERE relnamespace = 'audit_archive'::regnamespace AND relkind = 'r' AND relname LIKE 'audit_details_%'
  LOOP
    EXECUTE 'UPDATE ' || place || ' SET salt = NULL, data = NULL, erased_at = $2'
      || ' WHERE owner_id = $1 AND erased_at IS NULL' USING person, moment;
    GET DIAGNOSTICS here = ROW_COUNT;
    erased := erased + here;
  END LOOP;
  RETURN erased;
END $$;

REVOKE ALL ON FUNCTION "audit_prepare_month"(timestamptz), "audit_archive_month"(text), "audit_erase"(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit_prepare_month"(timestamptz), "audit_archive_month"(text), "audit_erase"(uuid, timestamptz)
  TO users_service;
