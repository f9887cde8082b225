-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'SCHEDULED_MESSAGE_FAILED';
