-- AlterTable
ALTER TABLE "members" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- What is erased says nothing, everything else something.
ALTER TABLE "messages" DROP CONSTRAINT "messages_text_is_bounded";
ALTER TABLE "messages" ADD CONSTRAINT "messages_text_is_bounded"
  CHECK (char_length("text") BETWEEN 1 AND 4000 AND "erased_at" IS NULL OR "text" = '' AND "erased_at" IS NOT NULL);
