-- AlterTable
ALTER TABLE "documents" ADD COLUMN     "owner_key" UUID;

-- CreateTable
CREATE TABLE "blocks" (
    "blocker_id" UUID NOT NULL,
    "blocked_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "blocks_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateIndex
CREATE INDEX "blocks_blocked_id_idx" ON "blocks"("blocked_id");

-- People own themselves; who owns a post or an event its next version tells.
UPDATE "documents" SET "owner_key" = "entity_key" WHERE "kind" = 'PERSON' AND NOT "is_deleted";
