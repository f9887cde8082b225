-- CreateEnum
CREATE TYPE "office_end_cause" AS ENUM ('TERM_OVER', 'RESIGNED', 'REVOKED');

-- CreateEnum
CREATE TYPE "office_application_status" AS ENUM ('PENDING', 'APPROVED', 'DECLINED', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "offices" ADD COLUMN     "end_cause" "office_end_cause",
ADD COLUMN     "needs_confirmation_since" TIMESTAMPTZ(3),
ADD COLUMN     "seat" SMALLINT NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "office_applications" (
    "id" UUID NOT NULL,
    "role" "office_role" NOT NULL,
    "applicant_id" UUID NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "city" TEXT,
    "city_key" TEXT NOT NULL DEFAULT '',
    "motivation" TEXT NOT NULL,
    "status" "office_application_status" NOT NULL DEFAULT 'PENDING',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decider_id" UUID,
    "answer" TEXT,
    "office_id" UUID,

    CONSTRAINT "office_applications_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "office_applications_applicant_id_created_at_id_idx" ON "office_applications"("applicant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "office_applications_created_at_id_idx" ON "office_applications"("created_at", "id");

-- CreateIndex
CREATE INDEX "office_applications_country_code_created_at_id_idx" ON "office_applications"("country_code", "created_at", "id");

-- Nobody sits in a seat in which somebody sits, and nobody holds an office twice at once; appointments race on these two.
CREATE EXTENSION IF NOT EXISTS "btree_gist";
DROP INDEX "offices_one_holder";
ALTER TABLE "offices" ADD CONSTRAINT "offices_terms_have_a_length" CHECK ("ends_at" > "starts_at");
ALTER TABLE "offices" ADD CONSTRAINT "offices_one_holder_a_seat"
  EXCLUDE USING gist ("role" WITH =, "country_code" WITH =, "city_key" WITH =, "seat" WITH =, tstzrange("starts_at", "ends_at") WITH &&)
  WHERE ("ended_at" IS NULL);
ALTER TABLE "offices" ADD CONSTRAINT "offices_held_once"
  EXCLUDE USING gist ("role" WITH =, "country_code" WITH =, "city_key" WITH =, "holder_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&)
  WHERE ("ended_at" IS NULL);
ALTER TABLE "offices" ADD CONSTRAINT "offices_end_for_a_cause" CHECK ("end_cause" IS NULL OR "ended_at" IS NOT NULL);

-- One application of a person for a place at a time; somebody else decides about it.
CREATE UNIQUE INDEX "office_applications_one_pending" ON "office_applications" ("applicant_id", "role", "country_code", "city_key") WHERE "status" = 'PENDING';
ALTER TABLE "office_applications" ADD CONSTRAINT "office_applications_city_fits_role" CHECK (("role" = 'CONSUL') = ("city_key" <> ''));
ALTER TABLE "office_applications" ADD CONSTRAINT "office_applications_decided_by_others" CHECK ("decider_id" <> "applicant_id");
ALTER TABLE "office_applications" ADD CONSTRAINT "office_applications_approved_with_an_office" CHECK (("status" = 'APPROVED') = ("office_id" IS NOT NULL));
