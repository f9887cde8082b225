-- AlterTable
ALTER TABLE "visibility_windows" ADD COLUMN     "after_position" INTEGER NOT NULL DEFAULT 0;

-- Those who take part already are told of what happened since they joined.
UPDATE "visibility_windows" w SET "after_position" = before."position"
FROM "participants" p, LATERAL (
  SELECT max(e."position") AS "position" FROM "conversation_events" e
  WHERE e."conversation_id" = p."conversation_id" AND e."occurred_at" < p."joined_at") AS before
WHERE p."conversation_id" = w."conversation_id" AND p."user_id" = w."user_id" AND w."until_sequence" IS NULL
  AND before."position" IS NOT NULL;
