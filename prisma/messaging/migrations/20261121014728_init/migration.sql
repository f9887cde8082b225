-- CreateEnum
CREATE TYPE "conversation_kind" AS ENUM ('DIRECT');

-- CreateEnum
CREATE TYPE "notification_type" AS ENUM ('POST_COMMENTED', 'POST_REACTED', 'OFFICE_APPOINTED', 'REGISTRATION_CONFIRMED', 'SUBSCRIPTION_ACTIVATED');

-- CreateEnum
CREATE TYPE "notification_subject" AS ENUM ('POST', 'COMMENT', 'EVENT', 'OFFICE', 'SUBSCRIPTION');

-- CreateTable
CREATE TABLE "members" (
    "id" UUID NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "id" UUID NOT NULL,
    "kind" "conversation_kind" NOT NULL,
    "pair_key" TEXT,
    "last_sequence" INTEGER NOT NULL DEFAULT 0,
    "last_message_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "participants" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,
    "read_up_to_sequence" INTEGER NOT NULL DEFAULT 0,
    "unread_count" INTEGER NOT NULL DEFAULT 0,
    "last_activity_at" TIMESTAMPTZ(3),

    CONSTRAINT "participants_pkey" PRIMARY KEY ("conversation_id","user_id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "sender_id" UUID NOT NULL,
    "client_message_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message_allowances" (
    "sender_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "used" INTEGER NOT NULL,

    CONSTRAINT "message_allowances_pkey" PRIMARY KEY ("sender_id","day")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL,
    "recipient_id" UUID NOT NULL,
    "type" "notification_type" NOT NULL,
    "occasion" TEXT NOT NULL,
    "subject_type" "notification_subject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "actor_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "conversations_pair_key_key" ON "conversations"("pair_key");

-- CreateIndex
CREATE INDEX "participants_user_id_last_activity_at_conversation_id_idx" ON "participants"("user_id", "last_activity_at" DESC, "conversation_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "messages_conversation_id_sequence_key" ON "messages"("conversation_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "messages_conversation_id_sender_id_client_message_id_key" ON "messages"("conversation_id", "sender_id", "client_message_id");

-- CreateIndex
CREATE INDEX "notifications_recipient_id_created_at_id_idx" ON "notifications"("recipient_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "notifications_recipient_id_type_occasion_key" ON "notifications"("recipient_id", "type", "occasion");

-- AddForeignKey
ALTER TABLE "participants" ADD CONSTRAINT "participants_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Counting what is unread, and listing it, touches unread rows only.
CREATE INDEX "notifications_unread" ON "notifications" ("recipient_id", "created_at" DESC, "id" DESC) WHERE "read_at" IS NULL;

ALTER TABLE "conversations" ADD CONSTRAINT "conversations_direct_have_a_pair" CHECK (("kind" = 'DIRECT') = ("pair_key" IS NOT NULL));
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_sequence_counts_up" CHECK ("last_sequence" >= 0);
ALTER TABLE "participants" ADD CONSTRAINT "participants_counters_are_natural" CHECK ("read_up_to_sequence" >= 0 AND "unread_count" >= 0);
ALTER TABLE "messages" ADD CONSTRAINT "messages_sequence_starts_at_one" CHECK ("sequence" >= 1);
ALTER TABLE "messages" ADD CONSTRAINT "messages_text_is_bounded" CHECK (char_length("text") BETWEEN 1 AND 4000);
ALTER TABLE "message_allowances" ADD CONSTRAINT "message_allowances_count_up" CHECK ("used" >= 1);
