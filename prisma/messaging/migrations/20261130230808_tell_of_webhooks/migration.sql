-- AlterEnum
ALTER TYPE "notification_subject" ADD VALUE 'WEBHOOK';

-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'WEBHOOK_DISABLED';

-- CreateTable
CREATE TABLE "super_users" (
    "person_id" UUID NOT NULL,
    "is_super_user" BOOLEAN NOT NULL,

    CONSTRAINT "super_users_pkey" PRIMARY KEY ("person_id")
);
