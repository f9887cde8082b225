-- CreateEnum
CREATE TYPE "contact_audience" AS ENUM ('EVERYONE', 'CONNECTIONS', 'NOBODY');

-- CreateTable
CREATE TABLE "contact_rules" (
    "person_id" UUID NOT NULL,
    "contactable_by" "contact_audience" NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "contact_rules_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "friendships" (
    "low_id" UUID NOT NULL,
    "high_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "friendships_pkey" PRIMARY KEY ("low_id","high_id")
);

-- CreateIndex
CREATE INDEX "friendships_high_id_idx" ON "friendships"("high_id");
