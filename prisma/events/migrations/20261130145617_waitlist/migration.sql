-- CreateEnum
CREATE TYPE "waitlist_status" AS ENUM ('WAITING', 'OFFERED', 'TAKEN', 'LAPSED', 'LEFT');

-- CreateTable
CREATE TABLE "waitlist_entries" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "waitlist_status" NOT NULL,
    "places" INTEGER NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,
    "offered_at" TIMESTAMPTZ(3),
    "offer_expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "waitlist_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "waitlist_of_event" ON "waitlist_entries"("event_id", "status", "joined_at", "id");

-- CreateIndex
CREATE INDEX "waitlist_of_user" ON "waitlist_entries"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "waitlist_entries_event_id_user_id_key" ON "waitlist_entries"("event_id", "user_id");

-- AddForeignKey
ALTER TABLE "waitlist_entries" ADD CONSTRAINT "waitlist_entries_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "waitlist_entries" ADD CONSTRAINT "waitlist_entries_are_sound" CHECK ("places" > 0 AND ("status" <> 'OFFERED' OR ("offered_at" IS NOT NULL AND "offer_expires_at" IS NOT NULL)));
