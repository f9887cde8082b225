-- AlterTable
ALTER TABLE "known_events" ADD COLUMN     "host_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "media_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[];

-- CreateIndex
CREATE INDEX "known_events_by_media" ON "known_events" USING GIN ("media_ids");
