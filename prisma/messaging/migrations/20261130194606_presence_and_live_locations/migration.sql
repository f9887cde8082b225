-- AlterTable
ALTER TABLE "messaging_settings" ADD COLUMN     "shows_presence" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "live_locations" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "latitude" DOUBLE PRECISION NOT NULL,
    "longitude" DOUBLE PRECISION NOT NULL,
    "accuracy_meters" DOUBLE PRECISION,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "live_locations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "live_locations_user_id_idx" ON "live_locations"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "live_locations_conversation_id_user_id_key" ON "live_locations"("conversation_id", "user_id");

-- AddForeignKey
ALTER TABLE "live_locations" ADD CONSTRAINT "live_locations_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "live_locations" ADD CONSTRAINT "live_locations_are_on_earth"
  CHECK ("latitude" BETWEEN -90 AND 90 AND "longitude" BETWEEN -180 AND 180 AND "accuracy_meters" >= 0);
ALTER TABLE "live_locations" ADD CONSTRAINT "live_locations_end_after_they_begin" CHECK ("ends_at" > "started_at");
