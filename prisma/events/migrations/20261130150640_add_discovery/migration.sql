-- AlterTable
ALTER TABLE "events" ADD COLUMN     "popularity" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "people" ADD COLUMN     "city_key" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "country_code" CHAR(2),
ADD COLUMN     "domains" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "follows" (
    "follower_id" UUID NOT NULL,
    "followed_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "follows_pkey" PRIMARY KEY ("follower_id","followed_id")
);

-- CreateIndex
CREATE INDEX "events_by_popularity" ON "events"("status", "popularity" DESC, "starts_at", "id");

-- Distances: what lies around a point, and what lies nearest.
CREATE INDEX "events_by_place" ON "events" USING GIST (ll_to_earth("latitude", "longitude")) WHERE "latitude" IS NOT NULL;
-- Popularity of what has been says nothing.
UPDATE "events" SET "popularity" = -1 WHERE "ends_at" < now();
