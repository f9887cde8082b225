-- CreateEnum
CREATE TYPE "ledger_account_type" AS ENUM ('PROVIDER_CLEARING', 'CUSTOMER_ORDERS', 'ORGANIZER_PAYABLE', 'PLATFORM_REVENUE', 'PROVIDER_FEES', 'REFUNDS', 'DISPUTES');

-- CreateEnum
CREATE TYPE "ledger_kind" AS ENUM ('SUBSCRIPTION_PAID', 'ORDER_CAPTURED', 'ORDER_SOLD', 'REFUND_OWED', 'REFUND_PAID', 'DISPUTE_HELD', 'DISPUTE_LOST', 'PROVIDER_FEE', 'REVERSAL');

-- CreateEnum
CREATE TYPE "ledger_side" AS ENUM ('DEBIT', 'CREDIT');

-- CreateTable
CREATE TABLE "ledger_routes" (
    "kind" "ledger_kind" NOT NULL,
    "side" "ledger_side" NOT NULL,
    "account_type" "ledger_account_type" NOT NULL,

    CONSTRAINT "ledger_routes_pkey" PRIMARY KEY ("kind","side","account_type")
);

-- CreateTable
CREATE TABLE "ledger_accounts" (
    "id" UUID NOT NULL,
    "type" "ledger_account_type" NOT NULL,
    "owner_id" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_transactions" (
    "id" UUID NOT NULL,
    "kind" "ledger_kind" NOT NULL,
    "reference" UUID NOT NULL,
    "order_id" UUID,
    "reverses_id" UUID,
    "posting_count" SMALLINT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_transactions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_postings" (
    "transaction_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "ledger_postings_pkey" PRIMARY KEY ("transaction_id","account_id")
);

-- CreateTable
CREATE TABLE "ledger_balances" (
    "account_id" UUID NOT NULL,
    "balance_minor" BIGINT NOT NULL,

    CONSTRAINT "ledger_balances_pkey" PRIMARY KEY ("account_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ledger_accounts_type_owner_id_currency_key" ON "ledger_accounts"("type", "owner_id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_transactions_reverses_id_key" ON "ledger_transactions"("reverses_id");

-- CreateIndex
CREATE INDEX "ledger_transactions_order_id_idx" ON "ledger_transactions"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_transactions_kind_reference_key" ON "ledger_transactions"("kind", "reference");

-- CreateIndex
CREATE INDEX "ledger_postings_account_id_idx" ON "ledger_postings"("account_id");

-- AddForeignKey
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_reverses_id_fkey" FOREIGN KEY ("reverses_id") REFERENCES "ledger_transactions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_postings" ADD CONSTRAINT "ledger_postings_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "ledger_transactions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_postings" ADD CONSTRAINT "ledger_postings_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "ledger_accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_balances" ADD CONSTRAINT "ledger_balances_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "ledger_accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the data model cannot say.

ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_currency" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_owner" CHECK (
  ("type" IN ('PROVIDER_CLEARING', 'ORGANIZER_PAYABLE', 'PROVIDER_FEES')) = ("owner_id" <> '')
);
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_reversal" CHECK (("kind" = 'REVERSAL') = ("reverses_id" IS NOT NULL));
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_two_sides" CHECK ("posting_count" >= 2);
ALTER TABLE "ledger_postings" ADD CONSTRAINT "ledger_postings_amount" CHECK ("amount_minor" <> 0);

-- The service adds; nobody, the owner by mistake included, changes or removes. Routes and balances it only reads.
REVOKE UPDATE, DELETE, TRUNCATE ON "ledger_accounts", "ledger_transactions", "ledger_postings" FROM payments_service;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "ledger_routes", "ledger_balances" FROM payments_service;

CREATE FUNCTION "ledger_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only ever added to (% of %)', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER "ledger_accounts_stay" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_accounts"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();
CREATE TRIGGER "ledger_transactions_stay" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_transactions"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();
CREATE TRIGGER "ledger_postings_stay" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_postings"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();

-- A posting takes a route that is open to its kind of transaction. A reversal is measured by what it undoes, below.
CREATE FUNCTION "ledger_posting_has_route"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  made ledger_kind := (SELECT kind FROM ledger_transactions WHERE id = NEW.transaction_id);
  held ledger_account_type := (SELECT type FROM ledger_accounts WHERE id = NEW.account_id);
  taken ledger_side := CASE WHEN NEW.amount_minor > 0 THEN 'DEBIT' ELSE 'CREDIT' END;
BEGIN
  IF made = 'REVERSAL'
    OR EXISTS (SELECT 1 FROM ledger_routes WHERE kind = made AND side = taken AND account_type = held)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION '% may not % %', made, lower(taken::text), held USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER "ledger_postings_route" BEFORE INSERT ON "ledger_postings"
  FOR EACH ROW EXECUTE FUNCTION "ledger_posting_has_route"();

-- At the commit a transaction has the postings it said it would, which sum to zero in each currency; a reversal has
-- those of what it undoes, turned round. So none can be added to it later.
CREATE FUNCTION "ledger_transaction_holds"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  made ledger_transactions;
BEGIN
  IF TG_TABLE_NAME = 'ledger_transactions' THEN made := NEW;
  ELSE SELECT * INTO made FROM ledger_transactions WHERE id = NEW.transaction_id;
  END IF;
  IF (SELECT count(*) FROM ledger_postings WHERE transaction_id = made.id) <> made.posting_count THEN
    RAISE EXCEPTION 'transaction % does not have the % postings it was made with', made.id, made.posting_count
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id
    WHERE p.transaction_id = made.id GROUP BY a.currency HAVING sum(p.amount_minor) <> 0
  ) THEN
    RAISE EXCEPTION 'transaction % does not sum to zero', made.id USING ERRCODE = 'check_violation';
  END IF;
  IF made.kind = 'REVERSAL' AND (
    EXISTS (SELECT 1 FROM ledger_transactions WHERE id = made.reverses_id AND kind = 'REVERSAL')
    OR EXISTS (
      SELECT 1 FROM (SELECT * FROM ledger_postings WHERE transaction_id = made.id) undoing
      FULL JOIN (SELECT * FROM ledger_postings WHERE transaction_id = made.reverses_id) undone USING (account_id)
      WHERE undoing.amount_minor IS DISTINCT FROM -undone.amount_minor
    )
  ) THEN
    RAISE EXCEPTION 'transaction % does not undo %', made.id, made.reverses_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "ledger_transactions_hold" AFTER INSERT ON "ledger_transactions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_transaction_holds"();
CREATE CONSTRAINT TRIGGER "ledger_postings_hold" AFTER INSERT ON "ledger_postings"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_transaction_holds"();

-- Balances follow, at the commit as well: busy accounts are locked for that moment only. One transaction counts at a
-- time: nearly all of them touch the account of a provider anyway, and so they never wait for each other in a ring.
CREATE FUNCTION "ledger_count_posting"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_balances', 0));
  INSERT INTO ledger_balances VALUES (NEW.account_id, NEW.amount_minor)
  ON CONFLICT (account_id) DO UPDATE SET balance_minor = ledger_balances.balance_minor + NEW.amount_minor;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION "ledger_count_posting"() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER "ledger_postings_count" AFTER INSERT ON "ledger_postings"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_count_posting"();

-- The routes money may take.
INSERT INTO "ledger_routes" ("kind", "side", "account_type") VALUES
  ('SUBSCRIPTION_PAID', 'DEBIT', 'PROVIDER_CLEARING'), ('SUBSCRIPTION_PAID', 'CREDIT', 'PLATFORM_REVENUE'),
  ('ORDER_CAPTURED', 'DEBIT', 'PROVIDER_CLEARING'), ('ORDER_CAPTURED', 'CREDIT', 'CUSTOMER_ORDERS'),
  ('ORDER_SOLD', 'DEBIT', 'CUSTOMER_ORDERS'), ('ORDER_SOLD', 'CREDIT', 'ORGANIZER_PAYABLE'), ('ORDER_SOLD', 'CREDIT', 'PLATFORM_REVENUE'),
  ('REFUND_OWED', 'DEBIT', 'CUSTOMER_ORDERS'), ('REFUND_OWED', 'DEBIT', 'ORGANIZER_PAYABLE'), ('REFUND_OWED', 'DEBIT', 'PLATFORM_REVENUE'), ('REFUND_OWED', 'CREDIT', 'REFUNDS'),
  ('REFUND_PAID', 'DEBIT', 'REFUNDS'), ('REFUND_PAID', 'CREDIT', 'PROVIDER_CLEARING'),
  ('DISPUTE_HELD', 'DEBIT', 'CUSTOMER_ORDERS'), ('DISPUTE_HELD', 'DEBIT', 'ORGANIZER_PAYABLE'), ('DISPUTE_HELD', 'DEBIT', 'PLATFORM_REVENUE'), ('DISPUTE_HELD', 'CREDIT', 'DISPUTES'),
  ('DISPUTE_LOST', 'DEBIT', 'DISPUTES'), ('DISPUTE_LOST', 'CREDIT', 'PROVIDER_CLEARING'),
  ('PROVIDER_FEE', 'DEBIT', 'PROVIDER_FEES'), ('PROVIDER_FEE', 'CREDIT', 'PROVIDER_CLEARING');
