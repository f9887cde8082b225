-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "changed_in" xid8 NOT NULL DEFAULT '0'::xid8;

-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "changed_in" xid8 NOT NULL DEFAULT '0'::xid8;

-- CreateIndex
CREATE INDEX "notifications_recipient_id_changed_in_idx" ON "notifications"("recipient_id", "changed_in");

-- CreateIndex
CREATE INDEX "participants_user_id_changed_in_idx" ON "participants"("user_id", "changed_in");

-- Whoever follows a list asks for the rows of transactions that a snapshot of theirs does not see.
CREATE FUNCTION "note_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."changed_in" := pg_current_xact_id();
  RETURN NEW;
END
$$;
CREATE TRIGGER "note_change" BEFORE INSERT OR UPDATE ON "notifications" FOR EACH ROW EXECUTE FUNCTION "note_change"();
CREATE TRIGGER "note_change" BEFORE INSERT OR UPDATE ON "participants" FOR EACH ROW EXECUTE FUNCTION "note_change"();
