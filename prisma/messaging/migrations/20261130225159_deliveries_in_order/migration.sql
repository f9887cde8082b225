-- DropIndex
DROP INDEX "deliveries_created_at_idx";

-- CreateIndex
CREATE INDEX "deliveries_created_at_id_idx" ON "deliveries"("created_at" DESC, "id" DESC);
