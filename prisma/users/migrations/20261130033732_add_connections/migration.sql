-- CreateTable
CREATE TABLE "ties" (
    "person_id" UUID NOT NULL,
    "other_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "following_since" TIMESTAMPTZ(3),
    "friends_since" TIMESTAMPTZ(3),
    "requested_at" TIMESTAMPTZ(3),
    "request_note" TEXT,
    "request_expires_at" TIMESTAMPTZ(3),
    "declined_until" TIMESTAMPTZ(3),
    "muted_since" TIMESTAMPTZ(3),
    "blocked_since" TIMESTAMPTZ(3),

    CONSTRAINT "ties_pkey" PRIMARY KEY ("person_id","other_id")
);

-- CreateTable
CREATE TABLE "connection_counts" (
    "account_id" UUID NOT NULL,
    "friends" INTEGER NOT NULL DEFAULT 0,
    "followers" INTEGER NOT NULL DEFAULT 0,
    "following" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "connection_counts_pkey" PRIMARY KEY ("account_id")
);

-- CreateIndex
CREATE INDEX "ties_other_id_idx" ON "ties"("other_id");

-- AddForeignKey
ALTER TABLE "ties" ADD CONSTRAINT "ties_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ties" ADD CONSTRAINT "ties_other_id_fkey" FOREIGN KEY ("other_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_counts" ADD CONSTRAINT "connection_counts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ties" ADD CONSTRAINT "ties_have_two_ends" CHECK ("person_id" <> "other_id");
ALTER TABLE "ties" ADD CONSTRAINT "ties_end_with_a_block" CHECK ("blocked_since" IS NULL OR ("following_since" IS NULL AND "friends_since" IS NULL AND "requested_at" IS NULL));
ALTER TABLE "ties" ADD CONSTRAINT "ties_requests_expire" CHECK (("requested_at" IS NULL) = ("request_expires_at" IS NULL));

-- Each list of people is one of these, newest first, read from either end.
CREATE INDEX "ties_following" ON "ties" ("person_id", "following_since" DESC, "other_id" DESC) WHERE "following_since" IS NOT NULL;
CREATE INDEX "ties_followers" ON "ties" ("other_id", "following_since" DESC, "person_id" DESC) WHERE "following_since" IS NOT NULL;
CREATE INDEX "ties_friends" ON "ties" ("person_id", "friends_since" DESC, "other_id" DESC) WHERE "friends_since" IS NOT NULL;
CREATE INDEX "ties_requests_sent" ON "ties" ("person_id", "requested_at" DESC, "other_id" DESC) WHERE "requested_at" IS NOT NULL;
CREATE INDEX "ties_requests_received" ON "ties" ("other_id", "requested_at" DESC, "person_id" DESC) WHERE "requested_at" IS NOT NULL;
CREATE INDEX "ties_muted" ON "ties" ("person_id", "muted_since" DESC, "other_id" DESC) WHERE "muted_since" IS NOT NULL;
CREATE INDEX "ties_blocked" ON "ties" ("person_id", "blocked_since" DESC, "other_id" DESC) WHERE "blocked_since" IS NOT NULL;
