-- CreateEnum
CREATE TYPE "purchase_status" AS ENUM ('PENDING', 'COMPLETED', 'CANCELLED', 'REFUNDING', 'REFUNDED');

-- CreateEnum
CREATE TYPE "purchase_end_reason" AS ENUM ('EXPIRED', 'BUYER', 'EVENT_CANCELLED');

-- CreateEnum
CREATE TYPE "refund_status" AS ENUM ('REQUESTED', 'REFUNDED', 'FAILED');

-- CreateEnum
CREATE TYPE "refund_reason" AS ENUM ('BUYER', 'ORGANIZER', 'EVENT_CANCELLED', 'NO_PLACES', 'OTHER');

-- CreateEnum
CREATE TYPE "ticket_status" AS ENUM ('VALID', 'CANCELLED');

-- CreateEnum
CREATE TYPE "transfer_status" AS ENUM ('OFFERED', 'ACCEPTED', 'DECLINED', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "place_holds" DROP COLUMN "packet_id",
DROP COLUMN "ticket_type_id";

-- CreateTable
CREATE TABLE "purchases" (
    "id" UUID NOT NULL,
    "buyer_id" UUID NOT NULL,
    "organizer_id" UUID NOT NULL,
    "status" "purchase_status" NOT NULL,
    "end_reason" "purchase_end_reason",
    "currency" CHAR(3) NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "paid_minor" BIGINT NOT NULL DEFAULT 0,
    "voucher_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "refresh_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "payment_failure_reason" TEXT,
    "payment_failed_at" TIMESTAMPTZ(3),
    "dispute_status" TEXT,
    "disputed_at" TIMESTAMPTZ(3),

    CONSTRAINT "purchases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "purchase_lines" (
    "id" UUID NOT NULL,
    "purchase_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "ticket_type_id" UUID,
    "packet_id" UUID,
    "description" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price_minor" BIGINT NOT NULL,
    "unit_fee_minor" BIGINT NOT NULL,
    "discount_minor" BIGINT NOT NULL,
    "refund_until_hours" INTEGER,
    "refund_percent" INTEGER NOT NULL,
    "parts" JSONB NOT NULL,

    CONSTRAINT "purchase_lines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "purchase_refunds" (
    "id" UUID NOT NULL,
    "purchase_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" "refund_reason" NOT NULL,
    "status" "refund_status" NOT NULL,
    "failure" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "retry_at" TIMESTAMPTZ(3),
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "refunded_at" TIMESTAMPTZ(3),

    CONSTRAINT "purchase_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket_types" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "price_minor" BIGINT NOT NULL,
    "fee_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "quota" INTEGER,
    "sold_count" INTEGER NOT NULL DEFAULT 0,
    "sales_start_at" TIMESTAMPTZ(3),
    "sales_end_at" TIMESTAMPTZ(3),
    "per_person_limit" INTEGER,
    "refund_until_hours" INTEGER,
    "refund_percent" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ticket_types_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_seats" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "ticket_type_id" UUID,
    "label" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "claim_id" UUID,
    "claimed_until" TIMESTAMPTZ(3),

    CONSTRAINT "event_seats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "packets" (
    "id" UUID NOT NULL,
    "organizer_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "price_minor" BIGINT NOT NULL,
    "fee_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "seats" INTEGER NOT NULL,
    "sold_count" INTEGER NOT NULL DEFAULT 0,
    "is_on_sale" BOOLEAN NOT NULL DEFAULT false,
    "sales_start_at" TIMESTAMPTZ(3),
    "sales_end_at" TIMESTAMPTZ(3),
    "per_person_limit" INTEGER,
    "refund_until_hours" INTEGER,
    "refund_percent" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "packets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inclusions" (
    "id" UUID NOT NULL,
    "packet_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "seats" INTEGER NOT NULL,

    CONSTRAINT "inclusions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vouchers" (
    "id" UUID NOT NULL,
    "organizer_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "percent" INTEGER,
    "amount_minor" BIGINT,
    "currency" CHAR(3),
    "event_id" UUID,
    "packet_id" UUID,
    "max_uses" INTEGER,
    "per_person_limit" INTEGER,
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vouchers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tickets" (
    "id" UUID NOT NULL,
    "purchase_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "ticket_type_id" UUID,
    "packet_id" UUID,
    "unit" INTEGER NOT NULL,
    "seat_id" UUID,
    "holder_id" UUID NOT NULL,
    "price_minor" BIGINT NOT NULL,
    "fee_minor" BIGINT NOT NULL,
    "status" "ticket_status" NOT NULL,
    "code_version" INTEGER NOT NULL DEFAULT 1,
    "refund_id" UUID,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "tickets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket_transfers" (
    "id" UUID NOT NULL,
    "ticket_id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "to_id" UUID NOT NULL,
    "status" "transfer_status" NOT NULL,
    "offered_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "ticket_transfers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "purchases_of_buyer" ON "purchases"("buyer_id", "id");

-- CreateIndex
CREATE INDEX "purchases_with_voucher" ON "purchases"("voucher_id", "buyer_id");

-- CreateIndex
CREATE INDEX "purchase_lines_of_ticket_type" ON "purchase_lines"("ticket_type_id");

-- CreateIndex
CREATE INDEX "purchase_lines_of_packet" ON "purchase_lines"("packet_id");

-- CreateIndex
CREATE UNIQUE INDEX "purchase_lines_purchase_id_position_key" ON "purchase_lines"("purchase_id", "position");

-- CreateIndex
CREATE INDEX "purchase_refunds_of_purchase" ON "purchase_refunds"("purchase_id", "id");

-- CreateIndex
CREATE INDEX "ticket_types_of_event" ON "ticket_types"("event_id", "id");

-- CreateIndex
CREATE INDEX "event_seats_of_event" ON "event_seats"("event_id", "position", "id");

-- CreateIndex
CREATE INDEX "event_seats_of_ticket_type" ON "event_seats"("ticket_type_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_seats_event_id_label_key" ON "event_seats"("event_id", "label");

-- CreateIndex
CREATE INDEX "packets_of_organizer" ON "packets"("organizer_id", "id");

-- CreateIndex
CREATE INDEX "inclusions_of_event" ON "inclusions"("event_id", "packet_id");

-- CreateIndex
CREATE UNIQUE INDEX "inclusions_packet_id_event_id_key" ON "inclusions"("packet_id", "event_id");

-- CreateIndex
CREATE INDEX "vouchers_of_organizer" ON "vouchers"("organizer_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "vouchers_organizer_id_code_key" ON "vouchers"("organizer_id", "code");

-- CreateIndex
CREATE INDEX "tickets_of_holder" ON "tickets"("holder_id", "id");

-- CreateIndex
CREATE INDEX "tickets_of_event" ON "tickets"("event_id", "status", "id");

-- CreateIndex
CREATE INDEX "tickets_of_purchase" ON "tickets"("purchase_id", "id");

-- CreateIndex
CREATE INDEX "tickets_of_line" ON "tickets"("line_id");

-- CreateIndex
CREATE INDEX "tickets_of_type" ON "tickets"("ticket_type_id");

-- CreateIndex
CREATE INDEX "tickets_of_packet" ON "tickets"("packet_id");

-- CreateIndex
CREATE INDEX "tickets_of_seat" ON "tickets"("seat_id");

-- CreateIndex
CREATE INDEX "tickets_of_refund" ON "tickets"("refund_id");

-- CreateIndex
CREATE INDEX "ticket_transfers_of_ticket" ON "ticket_transfers"("ticket_id");

-- CreateIndex
CREATE INDEX "ticket_transfers_of_giver" ON "ticket_transfers"("from_id", "id");

-- CreateIndex
CREATE INDEX "ticket_transfers_of_receiver" ON "ticket_transfers"("to_id", "id");

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_voucher_id_fkey" FOREIGN KEY ("voucher_id") REFERENCES "vouchers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchase_lines" ADD CONSTRAINT "purchase_lines_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchase_refunds" ADD CONSTRAINT "purchase_refunds_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_types" ADD CONSTRAINT "ticket_types_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_ticket_type_id_fkey" FOREIGN KEY ("ticket_type_id") REFERENCES "ticket_types"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inclusions" ADD CONSTRAINT "inclusions_packet_id_fkey" FOREIGN KEY ("packet_id") REFERENCES "packets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inclusions" ADD CONSTRAINT "inclusions_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_line_id_fkey" FOREIGN KEY ("line_id") REFERENCES "purchase_lines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_ticket_type_id_fkey" FOREIGN KEY ("ticket_type_id") REFERENCES "ticket_types"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_packet_id_fkey" FOREIGN KEY ("packet_id") REFERENCES "packets"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_seat_id_fkey" FOREIGN KEY ("seat_id") REFERENCES "event_seats"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "purchase_refunds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_transfers" ADD CONSTRAINT "ticket_transfers_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "tickets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nothing is sold beyond what there is, whatever the code does; holds are decided under the locks of the rows.
ALTER TABLE "ticket_types" ADD CONSTRAINT "ticket_types_quota_is_kept" CHECK ("sold_count" >= 0 AND ("quota" IS NULL OR "sold_count" <= "quota"));
ALTER TABLE "ticket_types" ADD CONSTRAINT "ticket_types_terms" CHECK ("price_minor" >= 0 AND "fee_minor" >= 0 AND "refund_percent" BETWEEN 0 AND 100);
ALTER TABLE "packets" ADD CONSTRAINT "packets_seats_are_kept" CHECK ("sold_count" >= 0 AND "sold_count" <= "seats");
ALTER TABLE "packets" ADD CONSTRAINT "packets_terms" CHECK ("price_minor" >= 0 AND "fee_minor" >= 0 AND "refund_percent" BETWEEN 0 AND 100);
ALTER TABLE "inclusions" ADD CONSTRAINT "inclusions_of_seats" CHECK ("seats" > 0);
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_of_one_kind" CHECK (("percent" BETWEEN 1 AND 100 AND "amount_minor" IS NULL AND "currency" IS NULL) OR ("percent" IS NULL AND "amount_minor" > 0 AND "currency" IS NOT NULL));
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_completed_since" CHECK ("status" <> 'COMPLETED' OR "completed_at" IS NOT NULL);
ALTER TABLE "purchase_lines" ADD CONSTRAINT "purchase_lines_of_one_thing" CHECK ("ticket_type_id" IS NULL OR "packet_id" IS NULL);
ALTER TABLE "purchase_lines" ADD CONSTRAINT "purchase_lines_amounts" CHECK ("quantity" > 0 AND "discount_minor" BETWEEN 0 AND "quantity" * "unit_price_minor");
ALTER TABLE "purchase_refunds" ADD CONSTRAINT "purchase_refunds_of_money" CHECK ("amount_minor" > 0);
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_cancelled_since" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL));

-- A seat has one valid ticket, a ticket one open offer to somebody else.
CREATE UNIQUE INDEX "tickets_one_a_seat" ON "tickets" ("seat_id") WHERE "status" = 'VALID';
CREATE UNIQUE INDEX "ticket_transfers_one_open" ON "ticket_transfers" ("ticket_id") WHERE "status" = 'OFFERED';

-- What the sweeps of each minute read, and what else they leave alone.
CREATE INDEX "purchases_to_expire" ON "purchases" ("expires_at") WHERE "status" = 'PENDING';
CREATE INDEX "purchase_refunds_to_retry" ON "purchase_refunds" ("retry_at") WHERE "status" = 'FAILED';
