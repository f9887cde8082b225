-- CreateTable
CREATE TABLE "event_counts" (
    "day" DATE NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "created" INTEGER NOT NULL,
    "held" INTEGER NOT NULL,
    "registrations" INTEGER NOT NULL,
    "check_ins" INTEGER NOT NULL,

    CONSTRAINT "event_counts_pkey" PRIMARY KEY ("day","country_code")
);

-- CreateIndex
CREATE INDEX "check_ins_by_time" ON "check_ins"("entered_at");

-- CreateIndex
CREATE INDEX "registrations_by_confirmation" ON "registrations"("confirmed_at");

-- CreateIndex
CREATE INDEX "events_by_end" ON "events"("ends_at");
