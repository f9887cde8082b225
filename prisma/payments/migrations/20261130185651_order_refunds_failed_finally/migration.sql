-- AlterEnum
ALTER TYPE "order_refund_status" ADD VALUE 'FAILED_FINALLY';

-- AlterTable
ALTER TABLE "order_refunds" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "seller_id" UUID;

-- What the data model cannot say.

-- Those that need somebody, and by whom they were sold.
CREATE INDEX "order_refunds_failed" ON "order_refunds" ("seller_id", "id") WHERE "seller_id" IS NOT NULL;
