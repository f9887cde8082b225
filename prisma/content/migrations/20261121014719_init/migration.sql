-- CreateEnum
CREATE TYPE "event_visibility" AS ENUM ('PUBLIC', 'UNLISTED', 'MEMBERS', 'PRIVATE');

-- CreateEnum
CREATE TYPE "media_status" AS ENUM ('PENDING', 'READY', 'REJECTED');

-- CreateEnum
CREATE TYPE "media_rejection" AS ENUM ('WRONG_TYPE', 'WRONG_SIZE', 'NEVER_FINISHED');

-- CreateEnum
CREATE TYPE "post_visibility" AS ENUM ('PUBLIC', 'MEMBERS');

-- CreateEnum
CREATE TYPE "reaction_kind" AS ENUM ('LIKE');

-- CreateTable
CREATE TABLE "members" (
    "user_id" UUID NOT NULL,
    "country_of_origin" CHAR(2),
    "languages" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "members_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "known_events" (
    "id" UUID NOT NULL,
    "visibility" "event_visibility" NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "known_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "status" "media_status" NOT NULL DEFAULT 'PENDING',
    "rejection" "media_rejection",
    "content_type" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "file_name" TEXT,
    "sha256" CHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "media_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "author_origin" CHAR(2),
    "event_id" UUID,
    "text" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "hashtags" TEXT[],
    "visibility" "post_visibility" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "removed_by_id" UUID,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "reaction_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "post_media" (
    "post_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "media_id" UUID NOT NULL,

    CONSTRAINT "post_media_pkey" PRIMARY KEY ("post_id","position")
);

-- CreateTable
CREATE TABLE "comments" (
    "id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by_id" UUID,

    CONSTRAINT "comments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reactions" (
    "post_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "reaction_kind" NOT NULL DEFAULT 'LIKE',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reactions_pkey" PRIMARY KEY ("post_id","user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "post_media_media_id_post_id_key" ON "post_media"("media_id", "post_id");

-- CreateIndex
CREATE INDEX "comments_post_id_created_at_id_idx" ON "comments"("post_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "post_media" ADD CONSTRAINT "post_media_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "post_media" ADD CONSTRAINT "post_media_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Feeds and lists: newest first, whatever they are filtered by. Removed posts are in none of them.
CREATE INDEX "posts_by_time" ON "posts" ("published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
CREATE INDEX "posts_by_origin" ON "posts" ("author_origin", "published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
CREATE INDEX "posts_by_language" ON "posts" ("language", "published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
CREATE INDEX "posts_by_author" ON "posts" ("author_id", "published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
CREATE INDEX "posts_by_event" ON "posts" ("event_id", "published_at" DESC, "id" DESC) WHERE "removed_at" IS NULL;
CREATE INDEX "posts_by_hashtag" ON "posts" USING gin ("hashtags") WHERE "removed_at" IS NULL;
-- What the reaper looks for.
CREATE INDEX "media_in_quarantine" ON "media" ("expires_at") WHERE "cleared_at" IS NULL;

ALTER TABLE "posts" ADD CONSTRAINT "posts_counts_are_counts" CHECK ("comment_count" >= 0 AND "reaction_count" >= 0);
ALTER TABLE "posts" ADD CONSTRAINT "posts_say_something" CHECK (("text" = '') = ("removed_at" IS NOT NULL));
ALTER TABLE "comments" ADD CONSTRAINT "comments_say_something" CHECK (("text" IS NULL) = ("deleted_at" IS NOT NULL));
ALTER TABLE "media" ADD CONSTRAINT "media_ready_has_content" CHECK (("status" = 'READY') = ("sha256" IS NOT NULL));
ALTER TABLE "media" ADD CONSTRAINT "media_rejected_has_reason" CHECK (("status" = 'REJECTED') = ("rejection" IS NOT NULL));
