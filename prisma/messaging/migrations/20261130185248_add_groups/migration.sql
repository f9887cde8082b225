-- CreateEnum
CREATE TYPE "conversation_box" AS ENUM ('INBOX', 'ARCHIVED', 'REQUESTS', 'DECLINED');

-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "member_count" INTEGER NOT NULL DEFAULT 2,
ADD COLUMN     "name" TEXT;

-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "box" "conversation_box" NOT NULL DEFAULT 'INBOX',
ADD COLUMN     "muted_until" TIMESTAMPTZ(3),
ADD COLUMN     "name_at_leaving" TEXT,
ADD COLUMN     "pin_rank" SMALLINT NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "participants_in_their_box" ON "participants"("user_id", "box", "pin_rank" DESC, "last_activity_at" DESC, "conversation_id" DESC);

-- CreateIndex
CREATE INDEX "participants_conversation_id_joined_at_user_id_idx" ON "participants"("conversation_id", "joined_at", "user_id");

ALTER TABLE "conversations" ADD CONSTRAINT "conversations_of_many_have_a_name" CHECK (("kind" = 'DIRECT') = ("name" IS NULL));
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_have_a_size"
  CHECK ("member_count" >= 0 AND ("kind"::text <> 'GROUP' OR "member_count" <= 250));
ALTER TABLE "participants" ADD CONSTRAINT "participants_are_pinned_or_not" CHECK ("pin_rank" IN (0, 1));
