-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "mail_window_at" TIMESTAMPTZ(3),
ADD COLUMN     "mails_sent" INTEGER NOT NULL DEFAULT 0;
