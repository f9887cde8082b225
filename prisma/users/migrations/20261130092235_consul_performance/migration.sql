-- CreateEnum
CREATE TYPE "consul_assessment" AS ENUM ('ABOVE_EXPECTATIONS', 'AS_EXPECTED', 'BELOW_EXPECTATIONS');

-- CreateTable
CREATE TABLE "held_events" (
    "event_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "organizer_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "city_key" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "registered_count" INTEGER NOT NULL,
    "checked_in_count" INTEGER,

    CONSTRAINT "held_events_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "event_ratings" (
    "event_id" UUID NOT NULL,
    "rater_key" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "event" SMALLINT NOT NULL,
    "organizer" SMALLINT NOT NULL,

    CONSTRAINT "event_ratings_pkey" PRIMARY KEY ("event_id","rater_key")
);

-- CreateTable
CREATE TABLE "consul_reviews" (
    "id" UUID NOT NULL,
    "office_id" UUID NOT NULL,
    "reviewer_id" UUID NOT NULL,
    "assessment" "consul_assessment" NOT NULL,
    "comment" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consul_reviews_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "held_events_organizer_id_starts_at_idx" ON "held_events"("organizer_id", "starts_at");

-- CreateIndex
CREATE INDEX "held_events_type_starts_at_idx" ON "held_events"("type", "starts_at");

-- CreateIndex
CREATE INDEX "consul_reviews_office_id_created_at_id_idx" ON "consul_reviews"("office_id", "created_at", "id");
