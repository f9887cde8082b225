-- AlterTable
ALTER TABLE "offices" ADD COLUMN     "confirmer_id" UUID;
