-- CreateEnum
CREATE TYPE "report_interval" AS ENUM ('DAY', 'WEEK', 'MONTH');

-- CreateTable
CREATE TABLE "memberships" (
    "account_id" UUID NOT NULL,
    "registered_on" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "active_on" DATE,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "registration_counts" (
    "day" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "people" INTEGER NOT NULL,

    CONSTRAINT "registration_counts_pkey" PRIMARY KEY ("day","country_code")
);

-- CreateTable
CREATE TABLE "activity_marks" (
    "account_id" UUID NOT NULL,
    "day" DATE NOT NULL,

    CONSTRAINT "activity_marks_pkey" PRIMARY KEY ("account_id","day")
);

-- CreateTable
CREATE TABLE "activity_counts" (
    "interval" "report_interval" NOT NULL,
    "starts_on" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "people" INTEGER NOT NULL,

    CONSTRAINT "activity_counts_pkey" PRIMARY KEY ("interval","starts_on","country_code")
);

-- CreateTable
CREATE TABLE "retention_counts" (
    "cohort_on" DATE NOT NULL,
    "week" SMALLINT NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "people" INTEGER NOT NULL,

    CONSTRAINT "retention_counts_pkey" PRIMARY KEY ("cohort_on","week","country_code")
);

-- CreateIndex
CREATE INDEX "memberships_registered_on_country_code_idx" ON "memberships"("registered_on", "country_code");

-- CreateIndex
CREATE INDEX "activity_marks_day_idx" ON "activity_marks"("day");

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_marks" ADD CONSTRAINT "activity_marks_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whoever proves an address becomes a member, by whichever way.
CREATE FUNCTION note_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memberships (account_id, registered_on, country_code)
  SELECT NEW.id, (NEW.email_verified_at AT TIME ZONE 'UTC')::date, p.country_of_residence
  FROM profiles p WHERE p.account_id = NEW.id
  ON CONFLICT (account_id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO registration_counts AS known (day, country_code, people)
    SELECT registered_on, country_code, 1 FROM memberships WHERE account_id = NEW.id
    ON CONFLICT (day, country_code) DO UPDATE SET people = known.people + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "accounts_become_members" AFTER UPDATE OF "email_verified_at" ON "accounts"
  FOR EACH ROW WHEN (OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL)
  EXECUTE FUNCTION note_membership();

-- Once a day and session, whoever uses it and however.
CREATE FUNCTION note_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO activity_marks (account_id, day)
  VALUES (NEW.account_id, (NEW.last_used_at AT TIME ZONE 'UTC')::date)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "sessions_opened" AFTER INSERT ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION note_activity();
CREATE TRIGGER "sessions_used" AFTER UPDATE OF "last_used_at" ON "sessions"
  FOR EACH ROW WHEN ((OLD.last_used_at AT TIME ZONE 'UTC')::date <> (NEW.last_used_at AT TIME ZONE 'UTC')::date)
  EXECUTE FUNCTION note_activity();

-- Those who are members already.
INSERT INTO "memberships" ("account_id", "registered_on", "country_code")
SELECT a."id", (a."email_verified_at" AT TIME ZONE 'UTC')::date, p."country_of_residence"
FROM "accounts" a JOIN "profiles" p ON p."account_id" = a."id" WHERE a."email_verified_at" IS NOT NULL;
INSERT INTO "registration_counts" ("day", "country_code", "people")
SELECT "registered_on", "country_code", count(*) FROM "memberships" GROUP BY 1, 2;
