-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "asked_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "asked_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subscription_periods" ADD COLUMN     "former_next_plan_id" UUID;

-- What is under way was asked for when it was made, as far as anybody knows.
UPDATE "payments" SET "asked_at" = "created_at" WHERE "status" = 'CREATED';
UPDATE "refunds" SET "asked_at" = "created_at" WHERE "status" = 'REQUESTED';

-- The clock goes on while an upgrade is paid for.
UPDATE "subscriptions" s SET "next_step_at" = s."current_period_ends_at"
FROM "payments" p JOIN "subscription_periods" d ON d."subscription_id" = p."subscription_id" AND d."index" = p."period_index"
WHERE p."subscription_id" = s."id" AND p."status" IN ('CREATED', 'AUTHORISED') AND d."kind" = 'CHANGE'
  AND s."status" = 'ACTIVE' AND s."next_step_at" IS NULL;

-- What the sweep looks for.
CREATE INDEX "payments_unanswered" ON "payments" ("asked_at") WHERE "status" = 'CREATED' AND "provider_payment_id" IS NOT NULL;
CREATE INDEX "payments_owed_back" ON "payments" ("owed_back_at") WHERE "owed_back_at" IS NOT NULL;
