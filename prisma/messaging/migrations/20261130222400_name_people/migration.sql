-- AlterEnum
ALTER TYPE "notification_subject" ADD VALUE 'MESSAGE';
ALTER TYPE "notification_subject" ADD VALUE 'SERIES';

-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'MENTIONED';
ALTER TYPE "notification_type" ADD VALUE 'GROUP_ADDED';
ALTER TYPE "notification_type" ADD VALUE 'GROUP_JOIN_REQUESTED';
ALTER TYPE "notification_type" ADD VALUE 'GROUP_JOIN_APPROVED';
ALTER TYPE "notification_type" ADD VALUE 'GROUP_JOIN_DECLINED';
ALTER TYPE "notification_type" ADD VALUE 'SERIES_PAUSED';

-- DropIndex
DROP INDEX "notifications_object_id_idx";

-- CreateIndex
CREATE INDEX "notifications_object_id_recipient_id_idx" ON "notifications"("object_id", "recipient_id");
