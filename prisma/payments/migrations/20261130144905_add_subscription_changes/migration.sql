-- CreateEnum
CREATE TYPE "subscription_period_kind" AS ENUM ('TRIAL', 'FIRST', 'RENEWAL', 'CHANGE');

-- AlterEnum
ALTER TYPE "subscription_status" ADD VALUE 'TRIALING';
ALTER TYPE "subscription_status" ADD VALUE 'PAUSED';

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "next_credits_at" TIMESTAMPTZ(3),
ADD COLUMN     "next_plan_id" UUID,
ADD COLUMN     "paused_at" TIMESTAMPTZ(3),
ADD COLUMN     "period_number" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "time_zone" TEXT NOT NULL DEFAULT 'UTC',
ADD COLUMN     "trial_ends_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "subscription_periods" (
    "subscription_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "kind" "subscription_period_kind" NOT NULL,
    "plan_id" UUID NOT NULL,
    "anchor_at" TIMESTAMPTZ(3),
    "number" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "credit_minor" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_periods_pkey" PRIMARY KEY ("subscription_id","index")
);

-- CreateTable
CREATE TABLE "trials" (
    "user_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trials_pkey" PRIMARY KEY ("user_id")
);

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_next_plan_id_fkey" FOREIGN KEY ("next_plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_periods" ADD CONSTRAINT "subscription_periods_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_periods" ADD CONSTRAINT "subscription_periods_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was bought before.
UPDATE "subscriptions" SET "period_number" = "period_index" WHERE "period_index" IS NOT NULL;
INSERT INTO "subscription_periods" ("subscription_id", "index", "kind", "plan_id", "anchor_at", "number", "amount_minor", "created_at")
SELECT p."subscription_id", p."period_index", CASE WHEN p."period_index" = 0 THEN 'FIRST' ELSE 'RENEWAL' END::"subscription_period_kind",
  s."plan_id", CASE WHEN p."period_index" = 0 THEN NULL ELSE s."anchor_at" END, p."period_index", min(p."amount_minor"), min(p."created_at")
FROM "payments" p JOIN "subscriptions" s ON s."id" = p."subscription_id"
GROUP BY p."subscription_id", p."period_index", s."plan_id", s."anchor_at";

-- What the data model cannot say.

-- One subscription a person that has not ended, tried and paused ones included.
DROP INDEX "subscriptions_one_live";
CREATE UNIQUE INDEX "subscriptions_one_live" ON "subscriptions" ("user_id") WHERE "ended_at" IS NULL;
-- No subscription is charged twice at a time, whoever asks.
CREATE UNIQUE INDEX "payments_one_under_way" ON "payments" ("subscription_id") WHERE "status" IN ('CREATED', 'AUTHORISED');
-- What the clock has to look at.
CREATE INDEX "subscriptions_next_credits" ON "subscriptions" ("next_credits_at") WHERE "next_credits_at" IS NOT NULL;

ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_begun" CHECK (
  "status"::text IN ('PENDING', 'CANCELLED', 'FAILED') OR "period_index" IS NOT NULL
);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_paused" CHECK (("status"::text = 'PAUSED') = ("paused_at" IS NOT NULL));
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_number" CHECK ("period_number" >= -1);
ALTER TABLE "subscription_periods" ADD CONSTRAINT "subscription_periods_amounts" CHECK (
  "amount_minor" >= 0 AND "credit_minor" >= 0 AND "number" >= 0 AND "index" >= 0
  AND ("kind" IN ('FIRST', 'TRIAL') OR "anchor_at" IS NOT NULL)
);
