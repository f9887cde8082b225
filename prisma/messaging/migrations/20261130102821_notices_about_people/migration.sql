-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "notification_type" ADD VALUE 'OFFICE_ENDED';
ALTER TYPE "notification_type" ADD VALUE 'OFFICE_NEEDS_CONFIRMATION';
ALTER TYPE "notification_type" ADD VALUE 'OFFICE_APPLIED';
ALTER TYPE "notification_type" ADD VALUE 'OFFICE_APPLICATION_DECIDED';
ALTER TYPE "notification_type" ADD VALUE 'FRIEND_REQUESTED';
ALTER TYPE "notification_type" ADD VALUE 'FRIEND_ACCEPTED';
ALTER TYPE "notification_type" ADD VALUE 'FOLLOWED';
