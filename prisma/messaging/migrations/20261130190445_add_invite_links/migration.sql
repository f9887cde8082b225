-- CreateEnum
CREATE TYPE "join_request_status" AS ENUM ('PENDING', 'APPROVED', 'DECLINED');

-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "was_removed" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "invite_links" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "needs_approval" BOOLEAN NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invite_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "join_requests" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "join_request_status" NOT NULL DEFAULT 'PENDING',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "join_requests_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invite_links_token_hash_key" ON "invite_links"("token_hash");

-- CreateIndex
CREATE INDEX "invite_links_conversation_id_id_idx" ON "invite_links"("conversation_id", "id");

-- CreateIndex
CREATE INDEX "invite_links_created_by_id_idx" ON "invite_links"("created_by_id");

-- CreateIndex
CREATE INDEX "join_requests_conversation_id_status_asked_at_id_idx" ON "join_requests"("conversation_id", "status", "asked_at", "id");

-- CreateIndex
CREATE INDEX "join_requests_user_id_idx" ON "join_requests"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "join_requests_conversation_id_user_id_key" ON "join_requests"("conversation_id", "user_id");

-- AddForeignKey
ALTER TABLE "invite_links" ADD CONSTRAINT "invite_links_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invite_links" ADD CONSTRAINT "invite_links_are_used_within_their_limit"
  CHECK ("uses" >= 0 AND ("max_uses" IS NULL OR "max_uses" >= 1 AND "uses" <= "max_uses"));
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_are_decided_at_some_time"
  CHECK (("status" = 'PENDING') = ("decided_at" IS NULL));
