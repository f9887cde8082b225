-- Codes of more than one purpose. Those under way stay good: their hashes name the purpose already.
ALTER TABLE "email_verifications" RENAME TO "one_time_codes";
ALTER TABLE "one_time_codes" RENAME CONSTRAINT "email_verifications_account_id_fkey" TO "one_time_codes_account_id_fkey";
ALTER TABLE "one_time_codes" ADD COLUMN "purpose" TEXT NOT NULL DEFAULT 'verify-email',
ADD COLUMN "target" TEXT;
ALTER TABLE "one_time_codes" ALTER COLUMN "purpose" DROP DEFAULT;
ALTER TABLE "one_time_codes" DROP CONSTRAINT "email_verifications_pkey",
ADD CONSTRAINT "one_time_codes_pkey" PRIMARY KEY ("account_id", "purpose");

-- Guesses are counted with all other attempts, in "budgets".
ALTER TABLE "one_time_codes" DROP COLUMN "attempts";
