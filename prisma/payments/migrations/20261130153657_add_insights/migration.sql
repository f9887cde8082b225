-- CreateEnum
CREATE TYPE "revenue_source" AS ENUM ('SUBSCRIPTIONS', 'TICKETS');

-- CreateTable
CREATE TABLE "revenue_days" (
    "day" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "source" "revenue_source" NOT NULL,
    "plan_code" TEXT NOT NULL,
    "captured_minor" BIGINT NOT NULL DEFAULT 0,
    "captures" INTEGER NOT NULL DEFAULT 0,
    "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    "refunds" INTEGER NOT NULL DEFAULT 0,
    "lost_minor" BIGINT NOT NULL DEFAULT 0,
    "provider_fee_minor" BIGINT NOT NULL DEFAULT 0,
    "platform_fee_minor" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "revenue_days_pkey" PRIMARY KEY ("day","country_code","currency","source","plan_code")
);

-- CreateTable
CREATE TABLE "recurring_days" (
    "day" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "plan_code" TEXT NOT NULL,
    "started_minor" BIGINT NOT NULL DEFAULT 0,
    "started" INTEGER NOT NULL DEFAULT 0,
    "changed_minor" BIGINT NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "ended_minor" BIGINT NOT NULL DEFAULT 0,
    "ended" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "recurring_days_pkey" PRIMARY KEY ("day","country_code","currency","plan_code")
);

-- CreateTable
CREATE TABLE "counted_subscriptions" (
    "subscription_id" UUID NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "plan_code" TEXT NOT NULL,
    "yearly_minor" BIGINT NOT NULL,

    CONSTRAINT "counted_subscriptions_pkey" PRIMARY KEY ("subscription_id")
);
