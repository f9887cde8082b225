-- CreateIndex
CREATE INDEX "comments_author_id_id_idx" ON "comments"("author_id", "id");

-- CreateIndex
CREATE INDEX "media_owner_id_id_idx" ON "media"("owner_id", "id");

-- CreateIndex
CREATE INDEX "media_sha256_idx" ON "media"("sha256");

-- CreateIndex
CREATE INDEX "reactions_user_id_post_id_idx" ON "reactions"("user_id", "post_id");
