-- CreateEnum
CREATE TYPE "participant_role" AS ENUM ('OWNER', 'ADMIN', 'MEMBER');

-- CreateEnum
CREATE TYPE "history_visibility" AS ENUM ('ALL', 'SINCE_JOINING');

-- CreateEnum
CREATE TYPE "message_kind" AS ENUM ('TEXT', 'SYSTEM');

-- AlterEnum
ALTER TYPE "conversation_kind" ADD VALUE 'GROUP';
ALTER TYPE "conversation_kind" ADD VALUE 'EVENT';

-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "history_visibility" "history_visibility" NOT NULL DEFAULT 'ALL';

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "kind" "message_kind" NOT NULL DEFAULT 'TEXT',
ADD COLUMN     "system" JSONB;

-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "left_at" TIMESTAMPTZ(3),
ADD COLUMN     "role" "participant_role" NOT NULL DEFAULT 'MEMBER';

-- CreateTable
CREATE TABLE "visibility_windows" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "after_sequence" INTEGER NOT NULL DEFAULT 0,
    "until_sequence" INTEGER,

    CONSTRAINT "visibility_windows_pkey" PRIMARY KEY ("conversation_id","user_id","after_sequence")
);

-- AddForeignKey
ALTER TABLE "visibility_windows" ADD CONSTRAINT "visibility_windows_conversation_id_user_id_fkey" FOREIGN KEY ("conversation_id", "user_id") REFERENCES "participants"("conversation_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "visibility_windows" ADD CONSTRAINT "visibility_windows_show_something"
  CHECK ("after_sequence" >= 0 AND ("until_sequence" IS NULL OR "until_sequence" > "after_sequence"));
-- One takes part once at a time.
CREATE UNIQUE INDEX "visibility_windows_open" ON "visibility_windows" ("conversation_id", "user_id") WHERE "until_sequence" IS NULL;

-- Whoever takes part so far sees everything.
INSERT INTO "visibility_windows" ("conversation_id", "user_id") SELECT "conversation_id", "user_id" FROM "participants";

-- What people write says something until it is erased; a line of the system is told by its data.
ALTER TABLE "messages" DROP CONSTRAINT "messages_text_is_bounded";
ALTER TABLE "messages" ADD CONSTRAINT "messages_text_is_bounded" CHECK (CASE
  WHEN "kind" = 'SYSTEM' OR "erased_at" IS NOT NULL THEN "text" = ''
  ELSE char_length("text") BETWEEN 1 AND 4000 END);
ALTER TABLE "messages" ADD CONSTRAINT "messages_of_the_system_have_data" CHECK (("kind" = 'SYSTEM') = ("system" IS NOT NULL));
