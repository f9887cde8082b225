-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "suspended_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_until" TIMESTAMPTZ(3),
ADD COLUMN     "terminated_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "profiles" ADD COLUMN     "is_suspended" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "suspensions" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "is_final" BOOLEAN NOT NULL DEFAULT false,
    "suspended_by" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "lifted_by" UUID,

    CONSTRAINT "suspensions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "suspensions_account_id_started_at_idx" ON "suspensions"("account_id", "started_at");

-- AddForeignKey
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One suspension of a person at a time; what is final does not end.
CREATE UNIQUE INDEX "suspensions_one_open" ON "suspensions" ("account_id") WHERE "ended_at" IS NULL;
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_final" CHECK (NOT "is_final" OR ("ends_at" IS NULL AND "ended_at" IS NULL));
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_not_of_oneself" CHECK ("suspended_by" <> "account_id");
-- Who is kept out: few of many.
CREATE INDEX "accounts_suspended" ON "accounts" ("suspended_at", "id") WHERE "suspended_at" IS NOT NULL;
