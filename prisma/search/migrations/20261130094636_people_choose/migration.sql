-- AlterTable
ALTER TABLE "documents" ADD COLUMN     "is_for_friends" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "friendships" (
    "low_id" UUID NOT NULL,
    "high_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "friendships_pkey" PRIMARY KEY ("low_id","high_id")
);

-- CreateIndex
CREATE INDEX "friendships_high_id_idx" ON "friendships"("high_id");
