-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "payment_method_id" UUID;

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "payment_method_id" UUID;

-- CreateIndex
CREATE INDEX "subscriptions_payment_method_id_idx" ON "subscriptions"("payment_method_id");

-- What the data model cannot say.

-- What keeps a method from being removed.
CREATE INDEX "payments_payment_method_id" ON "payments" ("payment_method_id") WHERE "payment_method_id" IS NOT NULL;
-- Until now only the token said which of a person's methods is charged.
UPDATE "subscriptions" s SET "payment_method_id" = (
  SELECT m."id" FROM "payment_methods" m
  WHERE m."user_id" = s."user_id" AND m."provider" = s."provider" AND m."token" = s."payment_token" AND m."status" = 'ACTIVE'
  ORDER BY m."id" LIMIT 1
) WHERE s."payment_token" <> '' AND s."ended_at" IS NULL;
UPDATE "payments" p SET "payment_method_id" = (
  SELECT m."id" FROM "payment_methods" m
  WHERE m."user_id" = p."user_id" AND m."provider" = p."provider" AND m."token" = p."token" AND m."status" = 'ACTIVE'
  ORDER BY m."id" LIMIT 1
) WHERE p."token" <> '' AND p."status" IN ('CREATED', 'AUTHORISED');
