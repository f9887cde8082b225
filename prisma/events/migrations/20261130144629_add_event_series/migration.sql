-- AlterTable
ALTER TABLE "events" ADD COLUMN     "occurrence_on" DATE,
ADD COLUMN     "own_fields" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "series_id" UUID;

-- CreateTable
CREATE TABLE "event_series" (
    "id" UUID NOT NULL,
    "organizer_id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "anchor_on" DATE NOT NULL,
    "first_on" DATE NOT NULL,
    "last_on" DATE,
    "excluded_on" DATE[] NOT NULL DEFAULT ARRAY[]::DATE[],
    "starts_after_seconds" INTEGER NOT NULL,
    "length_seconds" INTEGER NOT NULL,
    "time_zone" TEXT NOT NULL,
    "template" JSONB NOT NULL,
    "is_published" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_series_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "event_series_by_due" ON "event_series"("due_at");

-- CreateIndex
CREATE INDEX "event_series_of_organizer" ON "event_series"("organizer_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "events_of_series" ON "events"("series_id", "occurrence_on");

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_series_id_fkey" FOREIGN KEY ("series_id") REFERENCES "event_series"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "event_series" ADD CONSTRAINT "event_series_length_is_positive" CHECK ("length_seconds" > 0);
ALTER TABLE "event_series" ADD CONSTRAINT "event_series_start_in_the_day" CHECK ("starts_after_seconds" BETWEEN 0 AND 86399);
