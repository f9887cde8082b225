-- CreateEnum
CREATE TYPE "series_pause_reason" AS ENUM ('OFFICE_ENDED', 'PREMIUM_ENDED');

-- CreateEnum
CREATE TYPE "office_role" AS ENUM ('AMBASSADOR', 'CONSUL');

-- AlterTable
ALTER TABLE "event_counts" ADD COLUMN     "attended" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "expected" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tickets_refunded" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tickets_sold" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "event_series" ADD COLUMN     "co_host_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "form" JSONB NOT NULL DEFAULT '{"terms":null,"questions":[]}',
ADD COLUMN     "pause_reason" "series_pause_reason",
ADD COLUMN     "paused_since" TIMESTAMPTZ(3),
ADD COLUMN     "sale" JSONB NOT NULL DEFAULT '{"types":[],"seats":[]}';

-- CreateTable
CREATE TABLE "offices" (
    "id" UUID NOT NULL,
    "holder_id" UUID NOT NULL,
    "role" "office_role" NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "city_key" TEXT NOT NULL DEFAULT '',
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "offices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "privileges" (
    "user_id" UUID NOT NULL,
    "is_super_user" BOOLEAN,
    "is_event_owner" BOOLEAN,
    "has_premium_events" BOOLEAN,

    CONSTRAINT "privileges_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "offices_holder_id_idx" ON "offices"("holder_id");

-- CreateIndex
CREATE INDEX "event_series_of_co_hosts" ON "event_series" USING GIN ("co_host_ids");

-- CreateIndex
CREATE INDEX "tickets_by_issue" ON "tickets"("issued_at");

-- CreateIndex
CREATE INDEX "tickets_by_end" ON "tickets"("cancelled_at");

ALTER TABLE "event_series" ADD CONSTRAINT "event_series_paused_since" CHECK (("pause_reason" IS NULL) = ("paused_since" IS NULL));

-- The next night counts all days anew, with what was not counted before.
DELETE FROM "event_counts";
