-- AlterTable
ALTER TABLE "provider_events" ADD COLUMN     "subjects" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- What was told before, by the same names as from now on.
UPDATE "provider_events" e SET "subjects" = found."ids"
FROM (
  SELECT k."provider", k."account", k."event_id", array_agg(DISTINCT part.id) AS "ids"
  FROM "provider_events" k,
    regexp_matches(
      k."body",
      '"(?:id|reference|refund|refundReference|payment|payment_intent|payment_method|customer|custom|custom_id|order_id|seller_transaction_id|dispute_id)"\s*:\s*"([\w:-]{3,255})"',
      'g'
    ) AS match,
    unnest(string_to_array(match[1], ':')) AS part(id)
  WHERE k."body" <> ''
  GROUP BY 1, 2, 3
) found
WHERE e."provider" = found."provider" AND e."account" = found."account" AND e."event_id" = found."event_id";

-- CreateIndex
CREATE INDEX "provider_events_subjects_idx" ON "provider_events" USING GIN ("subjects");

-- What the nightly job looks for.
CREATE INDEX "provider_events_with_words" ON "provider_events" ("processed_at") WHERE "body" <> '';
