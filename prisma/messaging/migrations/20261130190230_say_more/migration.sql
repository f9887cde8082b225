-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "body_hash" TEXT,
ADD COLUMN     "contact_id" UUID,
ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "deleted_by_id" UUID,
ADD COLUMN     "edited_at" TIMESTAMPTZ(3),
ADD COLUMN     "is_forwarded" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "latitude" DOUBLE PRECISION,
ADD COLUMN     "longitude" DOUBLE PRECISION,
ADD COLUMN     "media_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "media_owner_id" UUID,
ADD COLUMN     "mention_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "place_label" TEXT,
ADD COLUMN     "reply_to_id" UUID,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- What people write says or shows something, until it is deleted or erased; a line of the system is told by its data.
ALTER TABLE "messages" DROP CONSTRAINT "messages_text_is_bounded";
ALTER TABLE "messages" ADD CONSTRAINT "messages_say_something" CHECK (CASE
  WHEN "kind" = 'SYSTEM' OR "erased_at" IS NOT NULL OR "deleted_at" IS NOT NULL THEN
    "text" = '' AND "media_ids" = '{}' AND "contact_id" IS NULL AND "latitude" IS NULL
  ELSE char_length("text") <= 4000
    AND ("text" <> '' OR "media_ids" <> '{}' OR "contact_id" IS NOT NULL OR "latitude" IS NOT NULL) END);
ALTER TABLE "messages" ADD CONSTRAINT "messages_point_is_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));
ALTER TABLE "messages" ADD CONSTRAINT "messages_media_have_an_owner" CHECK ("media_ids" = '{}' OR "media_owner_id" IS NOT NULL);
