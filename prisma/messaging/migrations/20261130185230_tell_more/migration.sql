-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "notification_subject" ADD VALUE 'CONVERSATION';
ALTER TYPE "notification_subject" ADD VALUE 'ORDER';
ALTER TYPE "notification_subject" ADD VALUE 'INVOICE';

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "notification_type" ADD VALUE 'OFFICE_EXTENDED';
ALTER TYPE "notification_type" ADD VALUE 'OFFICE_CONFIRMED';
ALTER TYPE "notification_type" ADD VALUE 'OFFICE_REVIEWED';
ALTER TYPE "notification_type" ADD VALUE 'SUPER_USER_PROPOSED';
ALTER TYPE "notification_type" ADD VALUE 'SUPER_USER_CHANGED';
ALTER TYPE "notification_type" ADD VALUE 'EVENT_OWNER_CHANGED';
ALTER TYPE "notification_type" ADD VALUE 'SESSION_COPIED';
ALTER TYPE "notification_type" ADD VALUE 'EVENT_CHANGED';
ALTER TYPE "notification_type" ADD VALUE 'EVENT_CANCELLED';
ALTER TYPE "notification_type" ADD VALUE 'CO_HOST_INVITED';
ALTER TYPE "notification_type" ADD VALUE 'CALENDAR_DISCONNECTED';
ALTER TYPE "notification_type" ADD VALUE 'TICKET_ISSUED';
ALTER TYPE "notification_type" ADD VALUE 'TICKET_REFUNDED';
ALTER TYPE "notification_type" ADD VALUE 'TICKET_OFFERED';
ALTER TYPE "notification_type" ADD VALUE 'PAYMENT_FAILED';
ALTER TYPE "notification_type" ADD VALUE 'PAYMENT_REFUNDED';
ALTER TYPE "notification_type" ADD VALUE 'INVOICE_ISSUED';
ALTER TYPE "notification_type" ADD VALUE 'MESSAGES_MISSED';
ALTER TYPE "notification_type" ADD VALUE 'MEMBERSHIP_ANNIVERSARY';

-- CreateTable
CREATE TABLE "known_events" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "venue" TEXT,
    "city" TEXT,
    "is_cancelled" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL,

    CONSTRAINT "known_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admissions" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,

    CONSTRAINT "admissions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "missed_checks" (
    "conversation_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "missed_checks_pkey" PRIMARY KEY ("conversation_id")
);

-- CreateIndex
CREATE INDEX "admissions_event_id_person_id_idx" ON "admissions"("event_id", "person_id");

-- CreateIndex
CREATE INDEX "admissions_person_id_idx" ON "admissions"("person_id");

-- CreateIndex
CREATE INDEX "missed_checks_due_at_idx" ON "missed_checks"("due_at");
