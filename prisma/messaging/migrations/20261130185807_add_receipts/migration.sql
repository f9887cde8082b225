-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "delivered_up_to_sequence" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "messaging_settings" (
    "person_id" UUID NOT NULL,
    "shares_read_receipts" BOOLEAN NOT NULL,

    CONSTRAINT "messaging_settings_pkey" PRIMARY KEY ("person_id")
);

-- What was read has arrived.
UPDATE "participants" SET "delivered_up_to_sequence" = "read_up_to_sequence" WHERE "read_up_to_sequence" > 0;
ALTER TABLE "participants" ADD CONSTRAINT "participants_read_what_arrived" CHECK ("delivered_up_to_sequence" >= "read_up_to_sequence");

-- Counting what somebody has to read touches the conversations with something unread only.
CREATE INDEX "participants_unread" ON "participants" ("user_id") INCLUDE ("unread_count") WHERE "unread_count" > 0;
