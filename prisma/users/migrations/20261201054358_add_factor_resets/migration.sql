-- CreateEnum
CREATE TYPE "factor_reset_status" AS ENUM ('OPEN', 'DONE', 'REFUSED', 'WITHDRAWN', 'VOID');

-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "factor_reset_at" TIMESTAMPTZ(3),
ADD COLUMN     "password_reset_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "factor_resets" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "opened_by" UUID NOT NULL,
    "confirmed_by" UUID,
    "needs_two" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "factor_reset_status" NOT NULL DEFAULT 'OPEN',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "factor_resets_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "factor_resets_account_id_opened_at_idx" ON "factor_resets"("account_id", "opened_at");

-- CreateIndex
CREATE INDEX "factor_resets_opened_at_id_idx" ON "factor_resets"("opened_at", "id");

-- CreateIndex
CREATE INDEX "factor_resets_status_opened_at_id_idx" ON "factor_resets"("status", "opened_at", "id");

-- AddForeignKey
ALTER TABLE "factor_resets" ADD CONSTRAINT "factor_resets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One reset of an account at a time, and never of one's own.
CREATE UNIQUE INDEX "factor_resets_one_open" ON "factor_resets" ("account_id") WHERE "status" = 'OPEN';
ALTER TABLE "factor_resets" ADD CONSTRAINT "factor_resets_not_of_oneself" CHECK ("opened_by" <> "account_id" AND "confirmed_by" <> "account_id");
ALTER TABLE "factor_resets" ADD CONSTRAINT "factor_resets_two_are_two" CHECK ("confirmed_by" <> "opened_by");
ALTER TABLE "factor_resets" ADD CONSTRAINT "factor_resets_ended" CHECK (("status" = 'OPEN') = ("ended_at" IS NULL));
