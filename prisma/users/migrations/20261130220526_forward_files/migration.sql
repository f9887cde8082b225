-- AlterTable
ALTER TABLE "forwarded_mails" ADD COLUMN     "file_key" TEXT,
ADD COLUMN     "file_name" TEXT,
ALTER COLUMN "html" DROP NOT NULL,
ALTER COLUMN "send_before" DROP NOT NULL;
