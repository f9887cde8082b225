-- CreateEnum
CREATE TYPE "waitlist_order" AS ENUM ('NONE', 'FIRST_COME', 'LOTTERY');

-- CreateEnum
CREATE TYPE "question_kind" AS ENUM ('TEXT', 'CHOICE');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "registration_status" ADD VALUE 'INTERESTED';
ALTER TYPE "registration_status" ADD VALUE 'PENDING';
ALTER TYPE "registration_status" ADD VALUE 'DECLINED';

-- AlterTable
ALTER TABLE "registrations" ADD COLUMN     "code_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "guests" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "places" INTEGER NOT NULL DEFAULT 0,
ALTER COLUMN "confirmed_at" DROP NOT NULL;

-- CreateTable
CREATE TABLE "registration_settings" (
    "event_id" UUID NOT NULL,
    "opens_at" TIMESTAMPTZ(3),
    "closes_at" TIMESTAMPTZ(3),
    "requires_approval" BOOLEAN NOT NULL,
    "max_guests" INTEGER NOT NULL,
    "required_entitlement" TEXT,
    "waitlist" "waitlist_order" NOT NULL,
    "offer_minutes" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "registration_settings_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "registration_questions" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "question_kind" NOT NULL,
    "prompt" TEXT NOT NULL,
    "options" TEXT[],
    "is_required" BOOLEAN NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "registration_questions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registration_answers" (
    "registration_id" UUID NOT NULL,
    "question_id" UUID NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "registration_answers_pkey" PRIMARY KEY ("registration_id","question_id")
);

-- CreateIndex
CREATE INDEX "registration_questions_event_id_position_idx" ON "registration_questions"("event_id", "position");

-- CreateIndex
CREATE INDEX "registration_answers_question_id_idx" ON "registration_answers"("question_id");

-- AddForeignKey
ALTER TABLE "registration_settings" ADD CONSTRAINT "registration_settings_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registration_questions" ADD CONSTRAINT "registration_questions_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registration_answers" ADD CONSTRAINT "registration_answers_registration_id_fkey" FOREIGN KEY ("registration_id") REFERENCES "registrations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registration_answers" ADD CONSTRAINT "registration_answers_question_id_fkey" FOREIGN KEY ("question_id") REFERENCES "registration_questions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

UPDATE "registrations" SET "places" = 1 WHERE "status" = 'CONFIRMED';

-- Who holds a place holds it since a moment, and takes as many as there are people.
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_confirmed_since" CHECK ("status" <> 'CONFIRMED' OR "confirmed_at" IS NOT NULL);
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_take_places" CHECK ("guests" >= 0 AND ("places" = 0 OR ("status" = 'CONFIRMED' AND "places" = "guests" + 1)));
ALTER TABLE "registration_settings" ADD CONSTRAINT "registration_settings_are_sound" CHECK ("max_guests" >= 0 AND "offer_minutes" > 0 AND ("opens_at" IS NULL OR "closes_at" IS NULL OR "opens_at" < "closes_at"));
ALTER TABLE "registration_questions" ADD CONSTRAINT "registration_questions_have_options" CHECK (("kind" = 'CHOICE') = (cardinality("options") > 1));
