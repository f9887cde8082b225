-- CreateTable
CREATE TABLE "customer_notes" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_notes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_tasks" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "assignee_id" UUID,
    "done_at" TIMESTAMPTZ(3),
    "done_by_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID NOT NULL,

    CONSTRAINT "customer_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_merges" (
    "id" UUID NOT NULL,
    "survivor_id" UUID NOT NULL,
    "merged_id" UUID NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "note_ids" UUID[],
    "task_ids" UUID[],
    "activity_ids" UUID[],
    "merged_at" TIMESTAMPTZ(3) NOT NULL,
    "merged_by_id" UUID NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_merges_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "customer_notes_customer_id_created_at_id_idx" ON "customer_notes"("customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_tasks_customer_id_due_at_id_idx" ON "customer_tasks"("customer_id", "due_at", "id");

-- CreateIndex
CREATE INDEX "customer_merges_survivor_id_merged_at_idx" ON "customer_merges"("survivor_id", "merged_at");

-- CreateIndex
CREATE INDEX "customer_merges_merged_id_idx" ON "customer_merges"("merged_id");

-- AddForeignKey
ALTER TABLE "customer_notes" ADD CONSTRAINT "customer_notes_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_tasks" ADD CONSTRAINT "customer_tasks_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_merges" ADD CONSTRAINT "customer_merges_survivor_id_fkey" FOREIGN KEY ("survivor_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_merges" ADD CONSTRAINT "customer_merges_merged_id_fkey" FOREIGN KEY ("merged_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is to be done: the earliest due first.
CREATE INDEX "customer_tasks_to_be_done" ON "customer_tasks" ("organization_id", "due_at", "id") WHERE "done_at" IS NULL;
CREATE INDEX "customer_tasks_of_member" ON "customer_tasks" ("organization_id", "assignee_id", "due_at", "id") WHERE "done_at" IS NULL;
CREATE INDEX "customer_tasks_done" ON "customer_tasks" ("organization_id", "due_at", "id") WHERE "done_at" IS NOT NULL;
