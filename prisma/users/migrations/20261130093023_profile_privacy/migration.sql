-- CreateEnum
CREATE TYPE "audience" AS ENUM ('EVERYONE', 'CONNECTIONS', 'NOBODY');

-- AlterTable
ALTER TABLE "profiles" ADD COLUMN     "abroad_since" DATE,
ADD COLUMN     "avatar_id" UUID,
ADD COLUMN     "birthday" DATE,
ADD COLUMN     "contactable_by" "audience" NOT NULL DEFAULT 'EVERYONE',
ADD COLUMN     "field_audiences" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "findable_by" "audience" NOT NULL DEFAULT 'EVERYONE',
ADD COLUMN     "invitable_by" "audience" NOT NULL DEFAULT 'EVERYONE',
ADD COLUMN     "latitude" DOUBLE PRECISION,
ADD COLUMN     "links" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "longitude" DOUBLE PRECISION,
ADD COLUMN     "sectors" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- What was said by `is_discoverable`.
UPDATE "profiles" SET "findable_by" = 'NOBODY' WHERE NOT "is_discoverable";
ALTER TABLE "profiles" DROP COLUMN "is_discoverable";

ALTER TABLE "profiles" ADD CONSTRAINT "profiles_points_are_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_points_are_rounded" CHECK ("latitude"::numeric = round("latitude"::numeric, 2) AND "longitude"::numeric = round("longitude"::numeric, 2));

-- Where suggestions come from: people who live in one city, and people of one origin in one country.
CREATE INDEX "profiles_city" ON "profiles" ("country_of_residence", lower("city")) WHERE "findable_by" = 'EVERYONE';
CREATE INDEX "profiles_origin" ON "profiles" ("country_of_residence", "country_of_origin") WHERE "findable_by" = 'EVERYONE';
