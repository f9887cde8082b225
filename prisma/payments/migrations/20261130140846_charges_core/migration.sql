-- CreateEnum
CREATE TYPE "refund_status" AS ENUM ('REQUESTED', 'SUCCEEDED', 'FAILED');

-- CreateEnum
CREATE TYPE "dispute_status" AS ENUM ('OPEN', 'WON', 'LOST');

-- AlterEnum
ALTER TYPE "payment_status" ADD VALUE 'AUTHORISED' BEFORE 'FAILED';

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "fee_minor" BIGINT,
ADD COLUMN     "order_id" UUID,
ADD COLUMN     "token" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "user_id" UUID,
ALTER COLUMN "subscription_id" DROP NOT NULL,
ALTER COLUMN "period_index" DROP NOT NULL;

-- Until now every payment was one of a subscription.
UPDATE "payments" SET "user_id" = s."user_id", "token" = CASE "payments"."status" WHEN 'CREATED' THEN s."payment_token" ELSE '' END
FROM "subscriptions" s WHERE s."id" = "payments"."subscription_id";
ALTER TABLE "payments" ALTER COLUMN "user_id" SET NOT NULL;

-- CreateTable
CREATE TABLE "refunds" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "refund_status" NOT NULL DEFAULT 'REQUESTED',
    "told_status" "refund_status" NOT NULL DEFAULT 'REQUESTED',
    "provider" TEXT NOT NULL,
    "provider_refund_id" TEXT,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "disputes" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" TEXT,
    "status" "dispute_status" NOT NULL,
    "told_status" "dispute_status",
    "provider" TEXT NOT NULL,
    "provider_dispute_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_refunds" (
    "id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reference" TEXT NOT NULL,
    "is_failed" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_refunds_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "sandbox_payments" ADD COLUMN     "disputed_at" TIMESTAMPTZ(3),
ADD COLUMN     "is_dispute_closed" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "refunds_payment_id_idx" ON "refunds"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "refunds_provider_provider_refund_id_key" ON "refunds"("provider", "provider_refund_id");

-- CreateIndex
CREATE INDEX "disputes_payment_id_idx" ON "disputes"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "disputes_provider_provider_dispute_id_key" ON "disputes"("provider", "provider_dispute_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_refunds_idempotency_key_key" ON "sandbox_refunds"("idempotency_key");

-- CreateIndex
CREATE INDEX "sandbox_refunds_payment_id_idx" ON "sandbox_refunds"("payment_id");

-- CreateIndex
CREATE INDEX "payments_user_id_idx" ON "payments"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "payments_order_id_attempt_key" ON "payments"("order_id", "attempt");

-- AddForeignKey
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sandbox_refunds" ADD CONSTRAINT "sandbox_refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "sandbox_payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the data model cannot say.

ALTER TABLE "payments" DROP CONSTRAINT "payments_settled";
ALTER TABLE "payments" ADD CONSTRAINT "payments_settled" CHECK (("status" IN ('FAILED', 'CAPTURED')) = ("settled_at" IS NOT NULL));
-- One period of a subscription, or one order.
ALTER TABLE "payments" ADD CONSTRAINT "payments_purpose" CHECK (
  ("subscription_id" IS NULL) <> ("order_id" IS NULL) AND ("period_index" IS NULL) = ("subscription_id" IS NULL)
);
ALTER TABLE "payments" ADD CONSTRAINT "payments_fee" CHECK ("fee_minor" >= 0);
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_amount" CHECK ("amount_minor" > 0);
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_settled" CHECK (("status" = 'REQUESTED') = ("settled_at" IS NULL));
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_amount" CHECK ("amount_minor" > 0);
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_closed" CHECK (("status" = 'OPEN') = ("closed_at" IS NULL));
-- What the sweep asks for again.
CREATE INDEX "refunds_unacknowledged" ON "refunds" ("created_at") WHERE "status" = 'REQUESTED' AND "provider_refund_id" IS NULL;
