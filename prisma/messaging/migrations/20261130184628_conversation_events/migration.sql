-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "last_position" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "conversation_events" (
    "conversation_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "message_id" UUID,
    "actor_id" UUID,
    "details" JSONB,
    "audience" UUID[] DEFAULT ARRAY[]::UUID[],
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_events_pkey" PRIMARY KEY ("conversation_id","position")
);

-- CreateIndex
CREATE INDEX "conversation_events_occurred_at_idx" ON "conversation_events" USING BRIN ("occurred_at");

-- AddForeignKey
ALTER TABLE "conversation_events" ADD CONSTRAINT "conversation_events_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A message is sent once; by this, the cursor of a message in a history finds its event.
CREATE UNIQUE INDEX "conversation_events_of_messages" ON "conversation_events" ("message_id") WHERE "kind" = 'MESSAGE_SENT';

ALTER TABLE "conversations" ADD CONSTRAINT "conversations_position_counts_up" CHECK ("last_position" >= 0);
ALTER TABLE "conversation_events" ADD CONSTRAINT "conversation_events_position_starts_at_one" CHECK ("position" >= 1);

-- Until now messages were all that happened.
INSERT INTO "conversation_events" ("conversation_id", "position", "kind", "message_id", "actor_id", "occurred_at")
  SELECT "conversation_id", "sequence", 'MESSAGE_SENT', "id", "sender_id", "sent_at" FROM "messages";
UPDATE "conversations" SET "last_position" = "last_sequence" WHERE "last_sequence" > 0;
