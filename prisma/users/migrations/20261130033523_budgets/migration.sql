-- AlterTable
ALTER TABLE "accounts" DROP COLUMN "mail_window_at",
DROP COLUMN "mails_sent";

-- DropTable
DROP TABLE "login_throttles";

-- CreateTable
CREATE TABLE "budgets" (
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "spent" INTEGER NOT NULL,
    "opens_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("kind","key")
);

-- CreateIndex
CREATE INDEX "budgets_ends_at_idx" ON "budgets"("ends_at");
