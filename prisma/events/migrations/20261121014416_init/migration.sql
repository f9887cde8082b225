-- CreateEnum
CREATE TYPE "event_domain" AS ENUM ('AGRICULTURE', 'ARCHITECTURE', 'AGRIBUSINESS', 'INDUSTRY', 'ICT', 'TOURISM', 'TEXTILE_AND_CLOTHING', 'ART_AND_CRAFTS', 'JOURNALISM_AND_INFORMATION', 'RESEARCH_AND_HIGHER_EDUCATION', 'EDUCATION', 'COMMERCE', 'CONSULTING', 'HEALTH', 'ASSOCIATIONS', 'OTHERS');

-- CreateEnum
CREATE TYPE "event_type" AS ENUM ('FREE', 'PREMIUM', 'NATIONAL', 'LOCAL');

-- CreateEnum
CREATE TYPE "event_status" AS ENUM ('DRAFT', 'PUBLISHED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "event_visibility" AS ENUM ('PUBLIC', 'UNLISTED', 'MEMBERS', 'PRIVATE');

-- CreateEnum
CREATE TYPE "registration_status" AS ENUM ('CONFIRMED', 'CANCELLED');

-- CreateTable
CREATE TABLE "events" (
    "id" UUID NOT NULL,
    "organizer_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "domain" "event_domain" NOT NULL,
    "type" "event_type" NOT NULL,
    "status" "event_status" NOT NULL DEFAULT 'DRAFT',
    "visibility" "event_visibility" NOT NULL,
    "starts_at_local" TIMESTAMP(0) NOT NULL,
    "ends_at_local" TIMESTAMP(0) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "venue" TEXT,
    "address" TEXT,
    "country_code" CHAR(2) NOT NULL,
    "city" TEXT,
    "city_key" TEXT NOT NULL DEFAULT '',
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "online_url" TEXT,
    "tags" TEXT[],
    "search_text" TEXT NOT NULL,
    "capacity" INTEGER,
    "registered_count" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registrations" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "registration_status" NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "registrations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "events_by_start" ON "events"("status", "starts_at", "id");

-- CreateIndex
CREATE INDEX "events_by_creation" ON "events"("status", "created_at", "id");

-- CreateIndex
CREATE INDEX "events_of_country" ON "events"("country_code", "status", "starts_at", "id");

-- CreateIndex
CREATE INDEX "events_of_city" ON "events"("city_key", "status", "starts_at", "id");

-- CreateIndex
CREATE INDEX "events_of_organizer" ON "events"("organizer_id", "starts_at", "id");

-- CreateIndex
CREATE INDEX "events_by_organizer_and_creation" ON "events"("organizer_id", "created_at");

-- CreateIndex
CREATE INDEX "events_search_text" ON "events" USING GIN ("search_text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "registrations_of_event" ON "registrations"("event_id", "status", "id");

-- CreateIndex
CREATE INDEX "registrations_of_user" ON "registrations"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "registrations_event_id_user_id_key" ON "registrations"("event_id", "user_id");

-- AddForeignKey
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Nobody can be registered beyond the capacity, whatever the code does.
ALTER TABLE "events" ADD CONSTRAINT "events_capacity_is_kept" CHECK ("registered_count" >= 0 AND ("capacity" IS NULL OR ("capacity" > 0 AND "registered_count" <= "capacity")));
ALTER TABLE "events" ADD CONSTRAINT "events_end_after_start" CHECK ("ends_at" > "starts_at");
ALTER TABLE "events" ADD CONSTRAINT "events_point_is_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));
ALTER TABLE "events" ADD CONSTRAINT "events_local_in_a_city" CHECK ("type" <> 'LOCAL' OR "city_key" <> '');
ALTER TABLE "events" ADD CONSTRAINT "events_published_since" CHECK ("status" <> 'PUBLISHED' OR "published_at" IS NOT NULL);
ALTER TABLE "events" ADD CONSTRAINT "events_cancelled_since" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL));
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_cancelled_since" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL));
