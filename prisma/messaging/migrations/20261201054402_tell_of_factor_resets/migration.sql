-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'FACTOR_RESET_OPENED';
