-- Who asks for Romanian means "ro-MD" too: feeds find posts by the language without its region.
ALTER TABLE "posts" ADD COLUMN "base_language" TEXT GENERATED ALWAYS AS (split_part("language", '-', 1)) STORED;

CREATE INDEX "posts_by_base_language" ON "posts" ("base_language", "published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
DROP INDEX "posts_by_language";
