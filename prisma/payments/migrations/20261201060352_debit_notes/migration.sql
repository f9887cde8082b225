-- AlterEnum
ALTER TYPE "invoice_kind" ADD VALUE 'DEBIT_NOTE';

-- DropIndex
DROP INDEX "invoices_refund_id_key";

-- CreateIndex
CREATE UNIQUE INDEX "invoices_refund_id_kind_key" ON "invoices"("refund_id", "kind");

-- What schema.prisma cannot say. The new kind cannot be named in the transaction that adds it.
ALTER TABLE "invoices"
  DROP CONSTRAINT "invoices_credit",
  DROP CONSTRAINT "invoices_occasion",
  ADD CONSTRAINT "invoices_note" CHECK (("kind" <> 'INVOICE') = ("credited_invoice_id" IS NOT NULL)),
  ADD CONSTRAINT "invoices_occasion" CHECK (
    ("payment_id" IS NULL OR "kind" = 'INVOICE') AND ("refund_id" IS NULL OR "kind" <> 'INVOICE'));
