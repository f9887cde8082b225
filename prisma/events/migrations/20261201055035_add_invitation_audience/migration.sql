-- CreateEnum
CREATE TYPE "invitation_audience" AS ENUM ('EVERYONE', 'CONNECTIONS', 'NOBODY');

-- AlterTable
ALTER TABLE "people" ADD COLUMN     "invitable_by" "invitation_audience" NOT NULL DEFAULT 'EVERYONE';

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
