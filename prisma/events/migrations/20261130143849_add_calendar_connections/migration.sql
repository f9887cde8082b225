-- CreateEnum
CREATE TYPE "calendar_provider" AS ENUM ('GOOGLE', 'CALDAV');

-- CreateEnum
CREATE TYPE "calendar_direction" AS ENUM ('TO_CALENDAR', 'BOTH_WAYS');

-- CreateEnum
CREATE TYPE "calendar_connection_status" AS ENUM ('ACTIVE', 'DISCONNECTED');

-- CreateEnum
CREATE TYPE "calendar_disconnection" AS ENUM ('ACCESS_REFUSED', 'CALENDAR_REMOVED');

-- CreateTable
CREATE TABLE "calendar_connections" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" "calendar_provider" NOT NULL,
    "direction" "calendar_direction" NOT NULL DEFAULT 'TO_CALENDAR',
    "status" "calendar_connection_status" NOT NULL DEFAULT 'ACTIVE',
    "disconnection" "calendar_disconnection",
    "sealed_credentials" TEXT,
    "calendar_ref" TEXT NOT NULL,
    "sync_token" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "next_sync_at" TIMESTAMPTZ(3) NOT NULL,
    "last_synced_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendar_connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "synced_entries" (
    "connection_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "etag" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "hidden_at" TIMESTAMPTZ(3),

    CONSTRAINT "synced_entries_pkey" PRIMARY KEY ("connection_id","event_id")
);

-- CreateTable
CREATE TABLE "calendar_consents" (
    "state_hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "sealed_verifier" TEXT NOT NULL,
    "redirect_uri" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendar_consents_pkey" PRIMARY KEY ("state_hash")
);

-- CreateIndex
CREATE INDEX "calendar_connections_user_id_id_idx" ON "calendar_connections"("user_id", "id");

-- CreateIndex
CREATE INDEX "calendar_connections_status_next_sync_at_idx" ON "calendar_connections"("status", "next_sync_at");

-- CreateIndex
CREATE INDEX "synced_entries_event_id_idx" ON "synced_entries"("event_id");

-- CreateIndex
CREATE INDEX "calendar_consents_user_id_idx" ON "calendar_consents"("user_id");

-- AddForeignKey
ALTER TABLE "synced_entries" ADD CONSTRAINT "synced_entries_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "calendar_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "synced_entries" ADD CONSTRAINT "synced_entries_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;
