-- AlterTable
ALTER TABLE "members" ADD COLUMN     "avatar_id" UUID;

-- CreateIndex
CREATE INDEX "members_avatar_id_idx" ON "members"("avatar_id");
