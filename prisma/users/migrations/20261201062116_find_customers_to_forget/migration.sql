-- CreateIndex
CREATE INDEX "customers_organization_id_idx" ON "customers"("organization_id");

-- Each night those go who were removed a month ago, whichever organization was theirs.
CREATE INDEX "customers_to_forget" ON "customers" ("removed_at") WHERE "removed_at" IS NOT NULL;
