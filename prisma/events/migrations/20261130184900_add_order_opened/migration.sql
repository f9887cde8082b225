-- AlterTable
ALTER TABLE "purchases" ADD COLUMN     "order_opened_at" TIMESTAMPTZ(3);

-- What was bought until now has its order.
UPDATE "purchases" SET "order_opened_at" = "created_at" WHERE "total_minor" > 0;
