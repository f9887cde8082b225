-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "data_exports" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "size_bytes" BIGINT,
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_exports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_export_parts" (
    "export_id" UUID NOT NULL,
    "subgraph" TEXT NOT NULL,
    "counts" JSONB NOT NULL,
    "completed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "data_export_parts_pkey" PRIMARY KEY ("export_id","subgraph")
);

-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "reminded_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "refusal_code" TEXT,
    "refusal_message" TEXT,
    "begun_at" TIMESTAMPTZ(3),
    "asked_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "email" TEXT,
    "languages" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "erasure_parts" (
    "erasure_id" UUID NOT NULL,
    "subgraph" TEXT NOT NULL,
    "counts" JSONB NOT NULL,
    "completed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erasure_parts_pkey" PRIMARY KEY ("erasure_id","subgraph")
);

-- CreateIndex
CREATE INDEX "data_exports_person_id_created_at_idx" ON "data_exports"("person_id", "created_at");

-- CreateIndex
CREATE INDEX "erasures_person_id_idx" ON "erasures"("person_id");

-- CreateIndex
CREATE INDEX "erasures_created_at_id_idx" ON "erasures"("created_at", "id");

-- AddForeignKey
ALTER TABLE "data_export_parts" ADD CONSTRAINT "data_export_parts_export_id_fkey" FOREIGN KEY ("export_id") REFERENCES "data_exports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "erasure_parts" ADD CONSTRAINT "erasure_parts_erasure_id_fkey" FOREIGN KEY ("erasure_id") REFERENCES "erasures"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One open request a person.
CREATE UNIQUE INDEX "erasures_open" ON "erasures" ("person_id") WHERE "completed_at" IS NULL AND "cancelled_at" IS NULL;
CREATE INDEX "erasures_due" ON "erasures" ("due_at") WHERE "completed_at" IS NULL AND "cancelled_at" IS NULL;
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_end_once" CHECK ("cancelled_at" IS NULL OR "begun_at" IS NULL);
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_complete_what_began" CHECK ("completed_at" IS NULL OR "begun_at" IS NOT NULL);
-- Whoever was erased can neither sign in nor prove to be anybody.
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_erased_are_nobody"
  CHECK ("erased_at" IS NULL OR "email_verified_at" IS NULL AND NOT "is_super_user");
