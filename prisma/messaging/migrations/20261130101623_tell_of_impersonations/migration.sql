-- AlterEnum
ALTER TYPE "notification_subject" ADD VALUE 'USER';

-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'ACCOUNT_LOOKED_AT';
