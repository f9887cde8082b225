-- CreateEnum
CREATE TYPE "scheduled_message_status" AS ENUM ('PENDING', 'SENT', 'FAILED', 'CANCELLED');

-- CreateTable
CREATE TABLE "drafts" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "reply_to_id" UUID,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("conversation_id","user_id")
);

-- CreateTable
CREATE TABLE "scheduled_messages" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "sender_id" UUID NOT NULL,
    "client_message_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "reply_to_id" UUID,
    "mention_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "media_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "contact_id" UUID,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "place_label" TEXT,
    "body_hash" TEXT,
    "send_at" TIMESTAMPTZ(3) NOT NULL,
    "status" "scheduled_message_status" NOT NULL DEFAULT 'PENDING',
    "failure_code" TEXT,
    "failure_message" TEXT,
    "message_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "scheduled_messages_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "drafts_user_id_conversation_id_idx" ON "drafts"("user_id", "conversation_id");

-- CreateIndex
CREATE INDEX "scheduled_messages_sender_id_status_send_at_id_idx" ON "scheduled_messages"("sender_id", "status", "send_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "scheduled_messages_conversation_id_sender_id_client_message_key" ON "scheduled_messages"("conversation_id", "sender_id", "client_message_id");

-- AddForeignKey
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scheduled_messages" ADD CONSTRAINT "scheduled_messages_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
