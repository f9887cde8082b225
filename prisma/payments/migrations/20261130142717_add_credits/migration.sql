-- CreateEnum
CREATE TYPE "credit_grant_kind" AS ENUM ('PLAN', 'BONUS', 'PURCHASE');

-- CreateEnum
CREATE TYPE "credit_reservation_status" AS ENUM ('RESERVED', 'SETTLED', 'RELEASED');

-- CreateEnum
CREATE TYPE "credit_entry_kind" AS ENUM ('GRANTED', 'RESERVED', 'SETTLED', 'RELEASED', 'EXPIRED');

-- CreateTable
CREATE TABLE "credit_accounts" (
    "user_id" UUID NOT NULL,

    CONSTRAINT "credit_accounts_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "credit_grants" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "credit_grant_kind" NOT NULL,
    "amount" INTEGER NOT NULL,
    "remaining" INTEGER NOT NULL,
    "priority" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_reservations" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "spender_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "units" INTEGER NOT NULL,
    "amount" INTEGER NOT NULL,
    "settled" INTEGER,
    "status" "credit_reservation_status" NOT NULL DEFAULT 'RESERVED',
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "credit_reservations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_allocations" (
    "reservation_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "amount" INTEGER NOT NULL,

    CONSTRAINT "credit_allocations_pkey" PRIMARY KEY ("reservation_id","grant_id")
);

-- CreateTable
CREATE TABLE "credit_entries" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "credit_entry_kind" NOT NULL,
    "amount" INTEGER NOT NULL,
    "grant_id" UUID,
    "reservation_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "credit_grants_source_key" ON "credit_grants"("source");

-- CreateIndex
CREATE INDEX "credit_grants_user_id_idx" ON "credit_grants"("user_id");

-- CreateIndex
CREATE INDEX "credit_reservations_user_id_idx" ON "credit_reservations"("user_id");

-- CreateIndex
CREATE INDEX "credit_allocations_grant_id_idx" ON "credit_allocations"("grant_id");

-- CreateIndex
CREATE INDEX "credit_entries_user_id_id_idx" ON "credit_entries"("user_id", "id");

-- CreateIndex
CREATE INDEX "credit_entries_grant_id_idx" ON "credit_entries"("grant_id");

-- CreateIndex
CREATE INDEX "credit_entries_reservation_id_idx" ON "credit_entries"("reservation_id");

-- AddForeignKey
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "credit_accounts"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_reservations" ADD CONSTRAINT "credit_reservations_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "credit_accounts"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_allocations" ADD CONSTRAINT "credit_allocations_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "credit_reservations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_allocations" ADD CONSTRAINT "credit_allocations_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "credit_grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "credit_accounts"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "credit_grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "credit_reservations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What schema.prisma cannot say.

ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_remaining" CHECK ("amount" > 0 AND "remaining" BETWEEN 0 AND "amount");
ALTER TABLE "credit_allocations" ADD CONSTRAINT "credit_allocations_amount" CHECK ("amount" >= 0);
ALTER TABLE "credit_reservations" ADD CONSTRAINT "credit_reservations_settled" CHECK (
  "amount" > 0 AND "units" > 0
  AND ("status" = 'SETTLED') = ("settled" IS NOT NULL)
  AND ("status" = 'RESERVED') = ("closed_at" IS NULL)
  AND ("settled" IS NULL OR "settled" BETWEEN 0 AND "amount")
);
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_about" CHECK (("grant_id" IS NULL) <> ("reservation_id" IS NULL));

-- What the clock has to look at.
CREATE INDEX "credit_grants_expiring" ON "credit_grants" ("expires_at") WHERE "remaining" > 0;
CREATE INDEX "credit_reservations_expiring" ON "credit_reservations" ("expires_at") WHERE "status" = 'RESERVED';
-- Of a person, what is not closed.
CREATE INDEX "credit_reservations_open" ON "credit_reservations" ("user_id") WHERE "status" = 'RESERVED';
