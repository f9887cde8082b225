-- CreateTable
CREATE TABLE "forwarded_mails" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "unsubscribe_url" TEXT,
    "send_before" TIMESTAMPTZ(3) NOT NULL,
    "attempted_at" TIMESTAMPTZ(3),

    CONSTRAINT "forwarded_mails_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "forwarded_mails_account_id_idx" ON "forwarded_mails"("account_id");

-- AddForeignKey
ALTER TABLE "forwarded_mails" ADD CONSTRAINT "forwarded_mails_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
