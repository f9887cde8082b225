-- CreateTable
CREATE TABLE "customer_import_rows" (
    "job_id" UUID NOT NULL,
    "row" INTEGER NOT NULL,
    "customer" JSONB,
    "fault_column" TEXT,
    "fault" TEXT,

    CONSTRAINT "customer_import_rows_pkey" PRIMARY KEY ("job_id","row")
);
