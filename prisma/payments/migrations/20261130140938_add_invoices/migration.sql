-- CreateEnum
CREATE TYPE "invoice_kind" AS ENUM ('INVOICE', 'CREDIT_NOTE');

-- CreateEnum
CREATE TYPE "invoice_status" AS ENUM ('DRAFT', 'FINAL');

-- CreateTable
CREATE TABLE "customers" (
    "user_id" UUID NOT NULL,
    "display_name" TEXT,
    "country_code" CHAR(2),
    "languages" TEXT[],
    "profile_version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "billing_details" (
    "user_id" UUID NOT NULL,
    "name" TEXT,
    "address" TEXT,
    "country_code" CHAR(2),
    "tax_id" TEXT,
    "email" TEXT,
    "language" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "billing_details_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "invoice_issuers" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "tax_id" TEXT,
    "email" TEXT,
    "number_prefix" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "invoice_issuers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice_counters" (
    "issuer_id" UUID NOT NULL,
    "kind" "invoice_kind" NOT NULL,
    "year" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoice_counters_pkey" PRIMARY KEY ("issuer_id","kind","year")
);

-- CreateTable
CREATE TABLE "tax_rates" (
    "id" UUID NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "name" TEXT NOT NULL,
    "rate_basis_points" INTEGER NOT NULL,
    "valid_from" DATE NOT NULL,
    "valid_until" DATE,

    CONSTRAINT "tax_rates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "id" UUID NOT NULL,
    "kind" "invoice_kind" NOT NULL DEFAULT 'INVOICE',
    "status" "invoice_status" NOT NULL DEFAULT 'DRAFT',
    "issuer_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "country_code" CHAR(2),
    "language" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "payment_id" UUID,
    "refund_id" UUID,
    "credited_invoice_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "number" TEXT,
    "number_year" INTEGER,
    "number_in_year" INTEGER,
    "issued_on" DATE,
    "finalised_at" TIMESTAMPTZ(3),
    "issuer_name" TEXT,
    "issuer_address" TEXT,
    "issuer_country_code" CHAR(2),
    "issuer_tax_id" TEXT,
    "issuer_email" TEXT,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice_lines" (
    "invoice_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_amount_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "rate_basis_points" INTEGER NOT NULL,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("invoice_id","position")
);

-- CreateTable
CREATE TABLE "invoice_taxes" (
    "invoice_id" UUID NOT NULL,
    "rate_basis_points" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,

    CONSTRAINT "invoice_taxes_pkey" PRIMARY KEY ("invoice_id","rate_basis_points")
);

-- CreateTable
CREATE TABLE "invoice_recipients" (
    "invoice_id" UUID NOT NULL,
    "name" TEXT,
    "address" TEXT,
    "tax_id" TEXT,
    "is_given" BOOLEAN NOT NULL,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "invoice_recipients_pkey" PRIMARY KEY ("invoice_id")
);

-- CreateTable
CREATE TABLE "invoice_deliveries" (
    "invoice_id" UUID NOT NULL,
    "stored_at" TIMESTAMPTZ(3),
    "mailed_at" TIMESTAMPTZ(3),

    CONSTRAINT "invoice_deliveries_pkey" PRIMARY KEY ("invoice_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invoice_issuers_number_prefix_key" ON "invoice_issuers"("number_prefix");

-- CreateIndex
CREATE UNIQUE INDEX "tax_rates_country_code_valid_from_key" ON "tax_rates"("country_code", "valid_from");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_payment_id_key" ON "invoices"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_refund_id_key" ON "invoices"("refund_id");

-- CreateIndex
CREATE INDEX "invoices_customer_id_id_idx" ON "invoices"("customer_id", "id");

-- CreateIndex
CREATE INDEX "invoices_credited_invoice_id_idx" ON "invoices"("credited_invoice_id");

-- CreateIndex
CREATE INDEX "invoices_issued_on_id_idx" ON "invoices"("issued_on", "id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_issuer_id_kind_number_year_number_in_year_key" ON "invoices"("issuer_id", "kind", "number_year", "number_in_year");

-- AddForeignKey
ALTER TABLE "invoice_counters" ADD CONSTRAINT "invoice_counters_issuer_id_fkey" FOREIGN KEY ("issuer_id") REFERENCES "invoice_issuers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_issuer_id_fkey" FOREIGN KEY ("issuer_id") REFERENCES "invoice_issuers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_credited_invoice_id_fkey" FOREIGN KEY ("credited_invoice_id") REFERENCES "invoices"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_taxes" ADD CONSTRAINT "invoice_taxes_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_recipients" ADD CONSTRAINT "invoice_recipients_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_deliveries" ADD CONSTRAINT "invoice_deliveries_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What schema.prisma cannot say.

CREATE UNIQUE INDEX "invoice_issuers_default" ON "invoice_issuers" (("is_default")) WHERE "is_default";

ALTER TABLE "tax_rates"
  ADD CONSTRAINT "tax_rates_rate" CHECK ("rate_basis_points" BETWEEN 0 AND 10000),
  ADD CONSTRAINT "tax_rates_time" CHECK ("valid_until" IS NULL OR "valid_until" > "valid_from");

ALTER TABLE "invoices"
  ADD CONSTRAINT "invoices_sums" CHECK ("net_minor" >= 0 AND "tax_minor" >= 0 AND "net_minor" + "tax_minor" = "total_minor"),
  ADD CONSTRAINT "invoices_credit" CHECK (("kind" = 'CREDIT_NOTE') = ("credited_invoice_id" IS NOT NULL)),
  ADD CONSTRAINT "invoices_occasion" CHECK (
    ("payment_id" IS NULL OR "kind" = 'INVOICE') AND ("refund_id" IS NULL OR "kind" = 'CREDIT_NOTE')),
  ADD CONSTRAINT "invoices_number" CHECK (
    num_nulls("number", "number_year", "number_in_year", "issued_on", "finalised_at", "issuer_name", "issuer_address",
      "issuer_country_code") = CASE "status" WHEN 'FINAL' THEN 0 ELSE 8 END);

ALTER TABLE "invoice_lines"
  ADD CONSTRAINT "invoice_lines_sums" CHECK (
    "quantity" > 0 AND "net_minor" >= 0 AND "tax_minor" >= 0 AND "net_minor" + "tax_minor" = "total_minor");
ALTER TABLE "invoice_taxes"
  ADD CONSTRAINT "invoice_taxes_sums" CHECK ("net_minor" >= 0 AND "tax_minor" >= 0 AND "net_minor" + "tax_minor" = "total_minor");

-- A final invoice stays as it is, whoever asks: the rights of the service end there, and triggers stop the owner too.
REVOKE UPDATE, TRUNCATE ON "invoices" FROM payments_service;
GRANT UPDATE ("status", "number", "number_year", "number_in_year", "issued_on", "finalised_at", "issuer_name",
  "issuer_address", "issuer_country_code", "issuer_tax_id", "issuer_email") ON "invoices" TO payments_service;
REVOKE UPDATE, DELETE, TRUNCATE ON "invoice_lines", "invoice_taxes" FROM payments_service;
REVOKE UPDATE, DELETE, TRUNCATE ON "invoice_recipients" FROM payments_service;
GRANT UPDATE ("name", "address", "tax_id", "erased_at") ON "invoice_recipients" TO payments_service;
REVOKE DELETE, TRUNCATE ON "invoice_counters" FROM payments_service;

CREATE FUNCTION "invoice_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a final invoice stays as it is (% of %)', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION "invoice_refuse_when_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM invoices
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END AND status = 'FINAL')
  THEN
    RAISE EXCEPTION 'a final invoice stays as it is (% of %)', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Of whom it was made out to: gone, or there.
CREATE FUNCTION "invoice_recipient_refuse_unless_erased"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND num_nonnulls(NEW.name, NEW.address, NEW.tax_id) = 0
    AND (NEW.invoice_id, NEW.is_given) = (OLD.invoice_id, OLD.is_given)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a final invoice stays as it is (UPDATE of %)', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER "invoices_stay" BEFORE UPDATE OR DELETE ON "invoices"
  FOR EACH ROW WHEN (OLD.status = 'FINAL') EXECUTE FUNCTION "invoice_refuse"();
CREATE TRIGGER "invoices_not_emptied" BEFORE TRUNCATE ON "invoices"
  FOR EACH STATEMENT EXECUTE FUNCTION "invoice_refuse"();
CREATE TRIGGER "invoice_lines_stay" BEFORE INSERT OR UPDATE OR DELETE ON "invoice_lines"
  FOR EACH ROW EXECUTE FUNCTION "invoice_refuse_when_final"();
CREATE TRIGGER "invoice_taxes_stay" BEFORE INSERT OR UPDATE OR DELETE ON "invoice_taxes"
  FOR EACH ROW EXECUTE FUNCTION "invoice_refuse_when_final"();
CREATE TRIGGER "invoice_recipients_stay" BEFORE INSERT OR DELETE ON "invoice_recipients"
  FOR EACH ROW EXECUTE FUNCTION "invoice_refuse_when_final"();
CREATE TRIGGER "invoice_recipients_change_by_erasure" BEFORE UPDATE ON "invoice_recipients"
  FOR EACH ROW EXECUTE FUNCTION "invoice_recipient_refuse_unless_erased"();

-- Whoever runs the platform says who it is before it sells (updateInvoiceIssuer).
INSERT INTO "invoice_issuers" ("id", "name", "address", "country_code", "number_prefix", "time_zone", "is_default")
VALUES ('01935000-0000-7000-8000-000000000001', 'Diaspora', '', 'RO', 'DIA', 'Europe/Bucharest', true);

-- Standard rates of the European Union and its neighbours. Where none is known, no tax is charged.
INSERT INTO "tax_rates" ("id", "country_code", "name", "rate_basis_points", "valid_from", "valid_until")
SELECT gen_random_uuid(), country, name, rate, from_day::date, until_day::date FROM (VALUES
  ('AT', 'USt.', 2000, '2020-01-01', NULL), ('BE', 'TVA', 2100, '2020-01-01', NULL),
  ('BG', 'ДДС', 2000, '2020-01-01', NULL), ('CH', 'MWST', 810, '2024-01-01', NULL),
  ('CY', 'ΦΠΑ', 1900, '2020-01-01', NULL), ('CZ', 'DPH', 2100, '2020-01-01', NULL),
  ('DE', 'USt.', 1900, '2021-01-01', NULL), ('DK', 'moms', 2500, '2020-01-01', NULL),
  ('EE', 'km', 2200, '2024-01-01', '2025-07-01'), ('EE', 'km', 2400, '2025-07-01', NULL),
  ('ES', 'IVA', 2100, '2020-01-01', NULL), ('FI', 'ALV', 2550, '2024-09-01', NULL),
  ('FR', 'TVA', 2000, '2020-01-01', NULL), ('GB', 'VAT', 2000, '2020-01-01', NULL),
  ('GR', 'ΦΠΑ', 2400, '2020-01-01', NULL), ('HR', 'PDV', 2500, '2020-01-01', NULL),
  ('HU', 'ÁFA', 2700, '2020-01-01', NULL), ('IE', 'VAT', 2300, '2021-03-01', NULL),
  ('IT', 'IVA', 2200, '2020-01-01', NULL), ('LT', 'PVM', 2100, '2020-01-01', NULL),
  ('LU', 'TVA', 1700, '2024-01-01', NULL), ('LV', 'PVN', 2100, '2020-01-01', NULL),
  ('MD', 'TVA', 2000, '2020-01-01', NULL), ('MT', 'VAT', 1800, '2020-01-01', NULL),
  ('NL', 'btw', 2100, '2020-01-01', NULL), ('NO', 'mva', 2500, '2020-01-01', NULL),
  ('PL', 'VAT', 2300, '2020-01-01', NULL), ('PT', 'IVA', 2300, '2020-01-01', NULL),
  ('RO', 'TVA', 1900, '2020-01-01', '2025-08-01'), ('RO', 'TVA', 2100, '2025-08-01', NULL),
  ('SE', 'moms', 2500, '2020-01-01', NULL), ('SI', 'DDV', 2200, '2020-01-01', NULL),
  ('SK', 'DPH', 2300, '2025-01-01', NULL)
) AS rates (country, name, rate, from_day, until_day);
