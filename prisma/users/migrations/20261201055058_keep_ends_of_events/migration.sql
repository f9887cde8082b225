-- AlterTable
ALTER TABLE "held_events" ADD COLUMN     "ends_at" TIMESTAMPTZ(3);
