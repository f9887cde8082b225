-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "picture_id" UUID,
ADD COLUMN     "picture_owner_id" UUID;

-- Whose pictures groups are shown with: for the erasure of a person.
CREATE INDEX "conversations_pictures" ON "conversations" ("picture_owner_id") WHERE "picture_owner_id" IS NOT NULL;
