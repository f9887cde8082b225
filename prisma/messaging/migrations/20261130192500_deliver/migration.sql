-- CreateEnum
CREATE TYPE "chat_webhook_status" AS ENUM ('PENDING', 'ACTIVE', 'BROKEN');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('PENDING', 'SENDING', 'SENT', 'SKIPPED', 'FAILED', 'UNCONFIRMED');

-- CreateEnum
CREATE TYPE "device_platform" AS ENUM ('ANDROID', 'IOS', 'WEB');

-- CreateEnum
CREATE TYPE "push_service" AS ENUM ('FCM', 'WEB_PUSH');

-- CreateEnum
CREATE TYPE "notification_channel" AS ENUM ('IN_APP', 'PUSH', 'EMAIL', 'SLACK');

-- CreateEnum
CREATE TYPE "notification_cadence" AS ENUM ('IMMEDIATE', 'DAILY', 'WEEKLY', 'OFF');

-- CreateEnum
CREATE TYPE "silence_kind" AS ENUM ('MUTED', 'SNOOZED');

-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "is_in_inbox" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "object_id" UUID,
ADD COLUMN     "seen_at" TIMESTAMPTZ(3),
ADD COLUMN     "withdrawn_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "chat_webhooks" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sealed_url" TEXT NOT NULL,
    "status" "chat_webhook_status" NOT NULL DEFAULT 'PENDING',
    "code_hash" TEXT,
    "attempts_left" INTEGER NOT NULL DEFAULT 5,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chat_webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "recipient_id" UUID NOT NULL,
    "channel" "notification_channel" NOT NULL,
    "target" TEXT NOT NULL DEFAULT '',
    "notification_id" UUID,
    "digest_window" TEXT,
    "status" "delivery_status" NOT NULL DEFAULT 'PENDING',
    "reason" TEXT,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "attempts_left" INTEGER NOT NULL DEFAULT 8,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "digest_items" (
    "delivery_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,

    CONSTRAINT "digest_items_pkey" PRIMARY KEY ("delivery_id","notification_id")
);

-- CreateTable
CREATE TABLE "delivery_attempts" (
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "provider" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "detail" TEXT,

    CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "devices" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "installation_id" TEXT NOT NULL,
    "platform" "device_platform" NOT NULL,
    "service" "push_service" NOT NULL,
    "sealed_token" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "name" TEXT,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "devices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_preferences" (
    "person_id" UUID NOT NULL,
    "channel" "notification_channel" NOT NULL,
    "cadence" "notification_cadence" NOT NULL,

    CONSTRAINT "channel_preferences_pkey" PRIMARY KEY ("person_id","channel")
);

-- CreateTable
CREATE TABLE "type_preferences" (
    "person_id" UUID NOT NULL,
    "type" "notification_type" NOT NULL,
    "channel" "notification_channel" NOT NULL,
    "cadence" "notification_cadence" NOT NULL,

    CONSTRAINT "type_preferences_pkey" PRIMARY KEY ("person_id","type","channel")
);

-- CreateTable
CREATE TABLE "silences" (
    "person_id" UUID NOT NULL,
    "object_type" "notification_subject" NOT NULL,
    "object_id" UUID NOT NULL,
    "kind" "silence_kind" NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "silences_pkey" PRIMARY KEY ("person_id","object_id")
);

-- CreateTable
CREATE TABLE "notification_times" (
    "person_id" UUID NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "quiet_from" INTEGER,
    "quiet_until" INTEGER,
    "digest_hour" INTEGER NOT NULL DEFAULT 8,
    "digest_weekday" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "notification_times_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "known_people" (
    "id" UUID NOT NULL,
    "display_name" TEXT NOT NULL,
    "languages" TEXT[],
    "version" INTEGER NOT NULL,

    CONSTRAINT "known_people_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "follows" (
    "follower_id" UUID NOT NULL,
    "followed_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "follows_pkey" PRIMARY KEY ("follower_id","followed_id")
);

-- CreateIndex
CREATE INDEX "chat_webhooks_person_id_idx" ON "chat_webhooks"("person_id");

-- CreateIndex
CREATE INDEX "deliveries_status_created_at_id_idx" ON "deliveries"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deliveries_created_at_idx" ON "deliveries"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_notification_id_channel_target_key" ON "deliveries"("notification_id", "channel", "target");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_recipient_id_channel_target_digest_window_key" ON "deliveries"("recipient_id", "channel", "target", "digest_window");

-- CreateIndex
CREATE INDEX "digest_items_notification_id_idx" ON "digest_items"("notification_id");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_attempts_delivery_id_number_key" ON "delivery_attempts"("delivery_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "devices_token_hash_key" ON "devices"("token_hash");

-- CreateIndex
CREATE INDEX "devices_session_id_idx" ON "devices"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "devices_person_id_installation_id_key" ON "devices"("person_id", "installation_id");

-- CreateIndex
CREATE INDEX "silences_person_id_created_at_object_id_idx" ON "silences"("person_id", "created_at" DESC, "object_id" DESC);

-- CreateIndex
CREATE INDEX "follows_followed_id_idx" ON "follows"("followed_id");

-- CreateIndex
CREATE INDEX "notifications_object_id_idx" ON "notifications"("object_id");

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notifications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "digest_items" ADD CONSTRAINT "digest_items_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "digest_items" ADD CONSTRAINT "digest_items_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notifications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was read has been seen.
UPDATE "notifications" SET "seen_at" = "read_at" WHERE "read_at" IS NOT NULL;
CREATE INDEX "notifications_unseen" ON "notifications" ("recipient_id") WHERE "seen_at" IS NULL;

ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_of_one_kind" CHECK (("notification_id" IS NULL) <> ("digest_window" IS NULL));
ALTER TABLE "notification_times" ADD CONSTRAINT "quiet_hours_whole" CHECK (("quiet_from" IS NULL) = ("quiet_until" IS NULL));
ALTER TABLE "notification_times" ADD CONSTRAINT "times_of_a_day" CHECK (
  "quiet_from" BETWEEN 0 AND 1439 AND "quiet_until" BETWEEN 0 AND 1439
  AND "digest_hour" BETWEEN 0 AND 23 AND "digest_weekday" BETWEEN 1 AND 7);
