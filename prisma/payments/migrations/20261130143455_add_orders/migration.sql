-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('PENDING', 'PAYING', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "order_refund_status" AS ENUM ('REQUESTED', 'SUCCEEDED', 'FAILED');

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "buyer_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "fee_basis_points" INTEGER NOT NULL,
    "status" "order_status" NOT NULL DEFAULT 'PENDING',
    "pay_before" TIMESTAMPTZ(3) NOT NULL,
    "payment_failure" TEXT,
    "paid_by_payment_id" UUID,
    "paid_at" TIMESTAMPTZ(3),
    "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    "disputed_minor" BIGINT NOT NULL DEFAULT 0,
    "cancelled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "order_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_amount_minor" BIGINT NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "order_cancellations" (
    "order_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_cancellations_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "order_refunds" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "order_refund_status" NOT NULL DEFAULT 'REQUESTED',
    "failure" TEXT,
    "charge_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_fees" (
    "version" INTEGER NOT NULL,
    "basis_points" INTEGER NOT NULL,
    "changed_by" UUID,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "platform_fees_pkey" PRIMARY KEY ("version")
);

-- CreateIndex
CREATE UNIQUE INDEX "orders_paid_by_payment_id_key" ON "orders"("paid_by_payment_id");

-- CreateIndex
CREATE INDEX "orders_buyer_id_id_idx" ON "orders"("buyer_id", "id");

-- CreateIndex
CREATE INDEX "orders_seller_id_id_idx" ON "orders"("seller_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "order_refunds_charge_id_key" ON "order_refunds"("charge_id");

-- CreateIndex
CREATE INDEX "order_refunds_order_id_idx" ON "order_refunds"("order_id");

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the data model cannot say.

ALTER TABLE "orders" ADD CONSTRAINT "orders_amounts" CHECK (
  "total_minor" >= 0 AND "refunded_minor" BETWEEN 0 AND "total_minor" AND "disputed_minor" >= 0 AND "currency" ~ '^[A-Z]{3}$'
);
ALTER TABLE "orders" ADD CONSTRAINT "orders_fee" CHECK ("fee_basis_points" BETWEEN 0 AND 10000);
ALTER TABLE "orders" ADD CONSTRAINT "orders_paid" CHECK (
  ("status" IN ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')) = ("paid_at" IS NOT NULL)
  AND ("paid_by_payment_id" IS NULL OR "paid_at" IS NOT NULL)
);
ALTER TABLE "orders" ADD CONSTRAINT "orders_cancelled" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL));
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_quantity" CHECK ("quantity" > 0);
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_amount" CHECK ("amount_minor" > 0);
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_settled" CHECK (("status" = 'REQUESTED') = ("settled_at" IS NULL));
ALTER TABLE "platform_fees" ADD CONSTRAINT "platform_fees_range" CHECK ("version" > 0 AND "basis_points" BETWEEN 0 AND 5000);

INSERT INTO "platform_fees" ("version", "basis_points", "changed_at") VALUES (1, 500, now());
