-- CreateEnum
CREATE TYPE "customer_kind" AS ENUM ('PERSON', 'COMPANY');

-- CreateEnum
CREATE TYPE "customer_status" AS ENUM ('LEAD', 'PROSPECT', 'ACTIVE', 'INACTIVE');

-- CreateEnum
CREATE TYPE "customer_field_type" AS ENUM ('TEXT', 'NUMBER', 'DATE', 'BOOLEAN', 'CHOICE');

-- CreateEnum
CREATE TYPE "customer_activity_kind" AS ENUM ('CREATED', 'IMPORTED', 'UPDATED', 'REMOVED', 'RESTORED', 'MERGED', 'UNMERGED', 'NOTE_ADDED', 'TASK_ADDED', 'TASK_DONE', 'CALL', 'MAIL', 'MEETING');

-- CreateTable
CREATE TABLE "customers" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "department_id" UUID NOT NULL,
    "kind" "customer_kind" NOT NULL,
    "status" "customer_status" NOT NULL DEFAULT 'LEAD',
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "email" TEXT,
    "email_key" TEXT,
    "phone" TEXT,
    "website" TEXT,
    "street" TEXT,
    "postal_code" TEXT,
    "city" TEXT,
    "city_key" TEXT,
    "country_code" TEXT,
    "owner_id" UUID,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "custom" JSONB NOT NULL DEFAULT '{}',
    "search_text" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "merged_into_id" UUID,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_fields" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "type" "customer_field_type" NOT NULL,
    "options" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_fields_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_activities" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" "customer_activity_kind" NOT NULL,
    "actor_id" UUID NOT NULL,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,
    "summary" TEXT,
    "fields" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "customer_activities_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "customers_department_id_id_idx" ON "customers"("department_id", "id");

-- CreateIndex
CREATE INDEX "customers_merged_into_id_idx" ON "customers"("merged_into_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_fields_organization_id_name_key_key" ON "customer_fields"("organization_id", "name_key");

-- CreateIndex
CREATE INDEX "customer_activities_customer_id_happened_at_id_idx" ON "customer_activities"("customer_id", "happened_at", "id");

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "organization_nodes"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_merged_into_id_fkey" FOREIGN KEY ("merged_into_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_fields" ADD CONSTRAINT "customer_fields_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_activities" ADD CONSTRAINT "customer_activities_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
ALTER TABLE "customers" ADD CONSTRAINT "customers_merged_are_removed" CHECK ("merged_into_id" IS NULL OR "removed_at" IS NOT NULL);

-- The orders customers are listed in, and what they are looked for by. Those that are removed have a list of their own.
CREATE INDEX "customers_by_name" ON "customers" ("organization_id", "name_key", "id") WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_creation" ON "customers" ("organization_id", "created_at", "id") WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_update" ON "customers" ("organization_id", "updated_at", "id") WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_owner" ON "customers" ("organization_id", "owner_id") WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_email" ON "customers" ("organization_id", "email_key") WHERE "removed_at" IS NULL AND "email_key" IS NOT NULL;
CREATE INDEX "customers_by_tag" ON "customers" USING gin ("organization_id", "tags") WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_custom" ON "customers" USING gin ("organization_id", "custom" jsonb_path_ops) WHERE "removed_at" IS NULL;
CREATE INDEX "customers_by_text" ON "customers" USING gin ("organization_id", "search_text" gin_trgm_ops) WHERE "removed_at" IS NULL;
CREATE INDEX "customers_removed" ON "customers" ("organization_id", "removed_at", "id") WHERE "removed_at" IS NOT NULL;
