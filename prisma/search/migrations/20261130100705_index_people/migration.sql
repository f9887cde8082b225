-- CreateIndex
CREATE INDEX "documents_owner_key_kind_entity_key_idx" ON "documents"("owner_key", "kind", "entity_key");
