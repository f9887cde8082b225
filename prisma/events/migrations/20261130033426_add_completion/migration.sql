-- AlterTable
ALTER TABLE "events" ADD COLUMN     "completion_told_at" TIMESTAMPTZ(3);

-- What is over and not told yet: the sweep of each minute reads nothing else.
CREATE INDEX "events_to_tell_of" ON "events" ("ends_at") WHERE "status" = 'PUBLISHED' AND "completion_told_at" IS NULL;
