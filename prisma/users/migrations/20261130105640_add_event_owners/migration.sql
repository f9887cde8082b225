-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "event_owner_since" TIMESTAMPTZ(3);
