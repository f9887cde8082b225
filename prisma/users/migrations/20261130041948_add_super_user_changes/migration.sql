-- CreateEnum
CREATE TYPE "super_user_change_kind" AS ENUM ('GRANT', 'REVOKE');

-- CreateEnum
CREATE TYPE "super_user_change_status" AS ENUM ('PROPOSED', 'CONFIRMED', 'WITHDRAWN', 'EXPIRED');

-- CreateTable
CREATE TABLE "super_user_changes" (
    "id" UUID NOT NULL,
    "kind" "super_user_change_kind" NOT NULL,
    "account_id" UUID NOT NULL,
    "proposer_id" UUID NOT NULL,
    "decider_id" UUID,
    "reason" TEXT NOT NULL,
    "status" "super_user_change_status" NOT NULL DEFAULT 'PROPOSED',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "super_user_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "super_user_changes_created_at_id_idx" ON "super_user_changes"("created_at", "id");

-- One open proposal about a person; two persons stand behind a change, and neither is the one concerned.
CREATE UNIQUE INDEX "super_user_changes_one_open" ON "super_user_changes" ("account_id") WHERE "status" = 'PROPOSED';
ALTER TABLE "super_user_changes" ADD CONSTRAINT "super_user_changes_not_about_oneself" CHECK ("proposer_id" <> "account_id" AND "decider_id" <> "account_id");
ALTER TABLE "super_user_changes" ADD CONSTRAINT "super_user_changes_two_persons" CHECK ("status" <> 'CONFIRMED' OR ("decider_id" IS NOT NULL AND "decider_id" <> "proposer_id"));
-- How those who are counted under the lock are found.
CREATE INDEX "accounts_super_users" ON "accounts" ("id") WHERE "is_super_user";
