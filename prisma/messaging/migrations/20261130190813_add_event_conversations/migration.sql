-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "event_id" UUID;

-- CreateTable
CREATE TABLE "event_hosts" (
    "event_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "organizer_id" UUID,
    "host_ids" UUID[],
    "is_cancelled" BOOLEAN NOT NULL,

    CONSTRAINT "event_hosts_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "event_places" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "is_held" BOOLEAN NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_places_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "event_hosts_organizer_id_idx" ON "event_hosts"("organizer_id");

-- CreateIndex
CREATE INDEX "event_hosts_host_ids_idx" ON "event_hosts" USING GIN ("host_ids");

-- CreateIndex
CREATE INDEX "event_places_event_id_user_id_idx" ON "event_places"("event_id", "user_id");

-- CreateIndex
CREATE INDEX "event_places_user_id_idx" ON "event_places"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "conversations_event_id_key" ON "conversations"("event_id");

ALTER TABLE "conversations" ADD CONSTRAINT "conversations_of_events_have_one" CHECK (("kind"::text = 'EVENT') = ("event_id" IS NOT NULL));
