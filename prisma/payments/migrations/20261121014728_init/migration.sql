-- CreateEnum
CREATE TYPE "plan_interval" AS ENUM ('MONTH', 'YEAR');

-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('PENDING', 'ACTIVE', 'PAST_DUE', 'CANCELLED', 'FAILED');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('CREATED', 'FAILED', 'CAPTURED');

-- CreateEnum
CREATE TYPE "sandbox_payment_status" AS ENUM ('PROCESSING', 'CAPTURED', 'FAILED');

-- CreateTable
CREATE TABLE "plans" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "interval" "plan_interval",
    "entitlements" TEXT[],
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "status" "subscription_status" NOT NULL DEFAULT 'PENDING',
    "provider" TEXT NOT NULL,
    "payment_token" TEXT NOT NULL,
    "anchor_at" TIMESTAMPTZ(3),
    "period_index" INTEGER,
    "current_period_starts_at" TIMESTAMPTZ(3),
    "current_period_ends_at" TIMESTAMPTZ(3),
    "cancels_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "payment_failure" TEXT,
    "next_step_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "period_index" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" "payment_status" NOT NULL DEFAULT 'CREATED',
    "provider" TEXT NOT NULL,
    "provider_payment_id" TEXT,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "owed_back_at" TIMESTAMPTZ(3),

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_events" (
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "provider_events_pkey" PRIMARY KEY ("provider","event_id")
);

-- CreateTable
CREATE TABLE "provider_sweeps" (
    "provider" TEXT NOT NULL,
    "swept_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_sweeps_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "sandbox_payments" (
    "id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "token" TEXT NOT NULL,
    "customer" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "status" "sandbox_payment_status" NOT NULL DEFAULT 'PROCESSING',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plans_code_version_key" ON "plans"("code", "version");

-- CreateIndex
CREATE INDEX "subscriptions_user_id_idx" ON "subscriptions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "payments_subscription_id_period_index_attempt_key" ON "payments"("subscription_id", "period_index", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "payments_provider_provider_payment_id_key" ON "payments"("provider", "provider_payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_payments_idempotency_key_key" ON "sandbox_payments"("idempotency_key");

-- CreateIndex
CREATE INDEX "sandbox_payments_customer_idx" ON "sandbox_payments"("customer");

-- CreateIndex
CREATE INDEX "sandbox_events_created_at_id_idx" ON "sandbox_events"("created_at", "id");

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payments" ADD CONSTRAINT "payments_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sandbox_events" ADD CONSTRAINT "sandbox_events_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "sandbox_payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

-- One version of a plan on offer.
CREATE UNIQUE INDEX "plans_on_offer" ON "plans" ("code") WHERE "retired_at" IS NULL;

-- One live subscription a person, however many purchases arrive at once.
CREATE UNIQUE INDEX "subscriptions_one_live" ON "subscriptions" ("user_id") WHERE "status" IN ('PENDING', 'ACTIVE', 'PAST_DUE');

-- What the clock has to look at.
CREATE INDEX "subscriptions_next_step" ON "subscriptions" ("next_step_at") WHERE "next_step_at" IS NOT NULL;
CREATE INDEX "payments_unacknowledged" ON "payments" ("created_at") WHERE "status" = 'CREATED' AND "provider_payment_id" IS NULL;

ALTER TABLE "plans" ALTER COLUMN "entitlements" SET NOT NULL;
ALTER TABLE "plans" ADD CONSTRAINT "plans_price" CHECK ("amount_minor" >= 0 AND ("amount_minor" > 0) = ("interval" IS NOT NULL));
ALTER TABLE "plans" ADD CONSTRAINT "plans_currency" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "payments" ADD CONSTRAINT "payments_amount" CHECK ("amount_minor" > 0 AND "currency" ~ '^[A-Z]{3}$');
ALTER TABLE "payments" ADD CONSTRAINT "payments_settled" CHECK (("status" = 'CREATED') = ("settled_at" IS NULL));
ALTER TABLE "payments" ADD CONSTRAINT "payments_owed_back" CHECK ("owed_back_at" IS NULL OR "status" = 'CAPTURED');
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_period" CHECK (
  ("status" NOT IN ('ACTIVE', 'PAST_DUE') OR "period_index" IS NOT NULL)
  AND ("period_index" IS NULL) = ("anchor_at" IS NULL)
  AND ("period_index" IS NULL) = ("current_period_starts_at" IS NULL)
  AND ("period_index" IS NULL) = ("current_period_ends_at" IS NULL)
  AND ("current_period_starts_at" < "current_period_ends_at")
);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_ended" CHECK (("status" IN ('CANCELLED', 'FAILED')) = ("ended_at" IS NOT NULL));

-- The catalogue. A new price is a new version in a migration of its own that retires the one before.
INSERT INTO "plans" ("id", "code", "version", "name", "amount_minor", "currency", "interval", "entitlements") VALUES
  ('019a9f00-0000-7000-8000-000000000001', 'FREE', 1, 'Free', 0, 'EUR', NULL, '{}'),
  ('019a9f00-0000-7000-8000-000000000002', 'PREMIUM_MONTHLY', 1, 'Premium, monthly', 799, 'EUR', 'MONTH',
   '{UNLIMITED_MESSAGING,ADVANCED_SEARCH,AD_FREE,EXTENDED_CONTACT,PREMIUM_EVENTS,CALENDAR_SYNC,AI_CREDITS}'),
  ('019a9f00-0000-7000-8000-000000000003', 'PREMIUM_YEARLY', 1, 'Premium, yearly', 7990, 'EUR', 'YEAR',
   '{UNLIMITED_MESSAGING,ADVANCED_SEARCH,AD_FREE,EXTENDED_CONTACT,PREMIUM_EVENTS,CALENDAR_SYNC,AI_CREDITS}');
