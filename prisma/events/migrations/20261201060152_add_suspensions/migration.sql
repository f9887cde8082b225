-- AlterEnum
ALTER TYPE "series_pause_reason" ADD VALUE 'ORGANIZER_SUSPENDED';

-- CreateTable
CREATE TABLE "suspensions" (
    "person_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "suspensions_pkey" PRIMARY KEY ("person_id")
);
