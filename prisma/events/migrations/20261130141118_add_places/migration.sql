-- CreateEnum
CREATE TYPE "hold_purpose" AS ENUM ('PURCHASE', 'OFFER');

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "ticketed_count" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "place_holds" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "ticket_type_id" UUID,
    "packet_id" UUID,
    "purpose" "hold_purpose" NOT NULL,
    "claim_id" UUID NOT NULL,
    "places" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "place_holds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "place_holds_of_event" ON "place_holds"("event_id", "expires_at");

-- CreateIndex
CREATE INDEX "place_holds_of_claim" ON "place_holds"("claim_id");

-- AddForeignKey
ALTER TABLE "place_holds" ADD CONSTRAINT "place_holds_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Nobody has a place beyond the capacity, whatever the code does; holds are decided under the lock of the event.
ALTER TABLE "events" DROP CONSTRAINT "events_capacity_is_kept";
ALTER TABLE "events" ADD CONSTRAINT "events_capacity_is_kept" CHECK ("registered_count" >= 0 AND "ticketed_count" >= 0 AND ("capacity" IS NULL OR ("capacity" > 0 AND "registered_count" + "ticketed_count" <= "capacity")));
ALTER TABLE "place_holds" ADD CONSTRAINT "place_holds_of_places" CHECK ("places" > 0);
