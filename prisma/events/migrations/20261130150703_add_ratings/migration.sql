-- CreateTable
CREATE TABLE "ratings" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "rater_id" UUID,
    "organizer_id" UUID NOT NULL,
    "event" SMALLINT NOT NULL,
    "participants" SMALLINT NOT NULL,
    "exchange" SMALLINT NOT NULL,
    "venue" SMALLINT NOT NULL,
    "organizer" SMALLINT NOT NULL,
    "comment" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ratings_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ratings_organizer_id_idx" ON "ratings"("organizer_id");

-- CreateIndex
CREATE INDEX "ratings_rater_id_id_idx" ON "ratings"("rater_id", "id");

-- CreateIndex
CREATE INDEX "ratings_event_id_id_idx" ON "ratings"("event_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ratings_event_id_rater_id_key" ON "ratings"("event_id", "rater_id");

-- AddForeignKey
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One to five, whoever writes.
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_stars" CHECK (
  "event" BETWEEN 1 AND 5 AND "participants" BETWEEN 1 AND 5 AND "exchange" BETWEEN 1 AND 5
  AND "venue" BETWEEN 1 AND 5 AND "organizer" BETWEEN 1 AND 5);
