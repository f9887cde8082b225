-- CreateTable
CREATE TABLE "impersonations" (
    "id" UUID NOT NULL,
    "impersonator_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "impersonations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "impersonations_impersonator_id_started_at_idx" ON "impersonations"("impersonator_id", "started_at");

-- CreateIndex
CREATE INDEX "impersonations_account_id_idx" ON "impersonations"("account_id");

-- AddForeignKey
ALTER TABLE "impersonations" ADD CONSTRAINT "impersonations_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "impersonations" ADD CONSTRAINT "impersonations_of_others" CHECK ("impersonator_id" <> "account_id");
-- One at a time: who acts as whom is never in doubt.
CREATE UNIQUE INDEX "impersonations_one_open" ON "impersonations" ("impersonator_id") WHERE "ended_at" IS NULL;
