-- AlterTable
-- Refresh tokens have another form from here on: whoever is signed in signs in once more.
ALTER TABLE "sessions" DROP COLUMN "previous_hash",
ADD COLUMN     "address" TEXT,
ADD COLUMN     "authenticated_at" TIMESTAMPTZ(3),
ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "methods" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "rotated_at" TIMESTAMPTZ(3)[] DEFAULT ARRAY[]::TIMESTAMPTZ(3)[];

UPDATE "sessions" SET "authenticated_at" = "created_at";
ALTER TABLE "sessions" ALTER COLUMN "authenticated_at" SET NOT NULL;

-- Keys follow each other by the moment from which they sign.
ALTER TABLE "signing_keys" RENAME COLUMN "retired_at" TO "signs_from";
UPDATE "signing_keys" SET "signs_from" = "created_at";
ALTER TABLE "signing_keys" ALTER COLUMN "signs_from" SET NOT NULL;
CREATE UNIQUE INDEX "signing_keys_signs_from_key" ON "signing_keys"("signs_from");
