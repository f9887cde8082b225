-- CreateEnum
CREATE TYPE "payment_method_status" AS ENUM ('PENDING', 'ACTION_REQUIRED', 'ACTIVE', 'FAILED', 'REMOVED');

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "is_payer_present" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "is_repeated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "next_action" JSONB;

-- AlterTable
ALTER TABLE "provider_events" DROP CONSTRAINT "provider_events_pkey",
ADD COLUMN     "account" TEXT NOT NULL DEFAULT '',
ADD CONSTRAINT "provider_events_pkey" PRIMARY KEY ("provider", "account", "event_id");

-- CreateTable
CREATE TABLE "provider_customers" (
    "provider" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "customer_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_customers_pkey" PRIMARY KEY ("provider","user_id")
);

-- CreateTable
CREATE TABLE "payment_methods" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "status" "payment_method_status" NOT NULL DEFAULT 'PENDING',
    "token" TEXT NOT NULL,
    "setup_id" TEXT,
    "next_action" JSONB,
    "failure" TEXT,
    "kind" TEXT,
    "brand" TEXT,
    "last4" TEXT,
    "expiry_month" INTEGER,
    "expiry_year" INTEGER,
    "wallet" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "payment_methods_user_id_id_idx" ON "payment_methods"("user_id", "id");

-- CreateIndex
CREATE INDEX "provider_events_received_at_event_id_idx" ON "provider_events"("received_at", "event_id");

-- What the data model cannot say.

-- One active method of each person is the default.
CREATE UNIQUE INDEX "payment_methods_one_default" ON "payment_methods" ("user_id") WHERE "is_default" AND "status" = 'ACTIVE';
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_removed" CHECK (("status" = 'REMOVED') = ("removed_at" IS NOT NULL));
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_active" CHECK ("status" <> 'ACTIVE' OR ("kind" IS NOT NULL AND "brand" IS NOT NULL));
-- Never a number.
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_last4" CHECK ("last4" ~ '^[0-9]{4}$');
-- What the sweep works on again.
CREATE INDEX "provider_events_waiting" ON "provider_events" ("received_at") WHERE "processed_at" IS NULL;
