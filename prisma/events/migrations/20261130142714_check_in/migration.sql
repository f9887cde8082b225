-- CreateEnum
CREATE TYPE "admission_kind" AS ENUM ('REGISTRATION', 'TICKET');

-- CreateEnum
CREATE TYPE "scan_direction" AS ENUM ('IN', 'OUT');

-- CreateEnum
CREATE TYPE "scan_refusal" AS ENUM ('NOT_A_CODE', 'OTHER_EVENT', 'OUTDATED_CODE', 'NOT_VALID', 'EVENT_CANCELLED', 'TOO_EARLY', 'TOO_LATE', 'ALREADY_INSIDE', 'NOT_INSIDE');

-- CreateEnum
CREATE TYPE "scan_conflict" AS ENUM ('ENTERED_TWICE', 'OUTDATED_CODE', 'NOT_VALID', 'OUTSIDE_EVENT', 'CLOCK_AHEAD');

-- CreateTable
CREATE TABLE "check_in_keys" (
    "id" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "encrypted_private" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "signs_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "check_in_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stewards" (
    "event_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stewards_pkey" PRIMARY KEY ("event_id","user_id")
);

-- CreateTable
CREATE TABLE "scans" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "steward_id" UUID NOT NULL,
    "nonce" TEXT NOT NULL,
    "code_digest" TEXT NOT NULL,
    "kind" "admission_kind",
    "admission_id" UUID,
    "holder_id" UUID,
    "direction" "scan_direction" NOT NULL,
    "gate" TEXT,
    "scanned_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "is_offline" BOOLEAN NOT NULL,
    "refusal" "scan_refusal",
    "conflicts" "scan_conflict"[],

    CONSTRAINT "scans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "check_ins" (
    "kind" "admission_kind" NOT NULL,
    "admission_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "holder_id" UUID NOT NULL,
    "is_inside" BOOLEAN NOT NULL,
    "entered_at" TIMESTAMPTZ(3),

    CONSTRAINT "check_ins_pkey" PRIMARY KEY ("kind","admission_id")
);

-- CreateTable
CREATE TABLE "people" (
    "user_id" UUID NOT NULL,
    "display_name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "people_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "stewards_user_id_idx" ON "stewards"("user_id");

-- CreateIndex
CREATE INDEX "scans_event_id_id_idx" ON "scans"("event_id", "id");

-- CreateIndex
CREATE INDEX "scans_kind_admission_id_scanned_at_idx" ON "scans"("kind", "admission_id", "scanned_at");

-- CreateIndex
CREATE INDEX "scans_holder_id_idx" ON "scans"("holder_id");

-- CreateIndex
CREATE UNIQUE INDEX "scans_steward_id_nonce_key" ON "scans"("steward_id", "nonce");

-- CreateIndex
CREATE INDEX "check_ins_event_id_holder_id_idx" ON "check_ins"("event_id", "holder_id");

-- CreateIndex
CREATE INDEX "check_ins_holder_id_idx" ON "check_ins"("holder_id");

-- AddForeignKey
ALTER TABLE "stewards" ADD CONSTRAINT "stewards_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scans" ADD CONSTRAINT "scans_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "check_ins" ADD CONSTRAINT "check_ins_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;
