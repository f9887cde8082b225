-- CreateTable
CREATE TABLE "operator_namings" (
    "email_hash" TEXT NOT NULL,
    "named_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operator_namings_pkey" PRIMARY KEY ("email_hash")
);

-- Whoever is or was a super user may have been named by the address they have, or had: those have had their turn.
INSERT INTO "operator_namings" ("email_hash", "named_at")
SELECT DISTINCT encode(sha256(convert_to(address, 'UTF8')), 'hex'), now()
FROM (
    SELECT id, email_key AS address FROM "accounts" WHERE email_verified_at IS NOT NULL
    UNION ALL
    SELECT account_id, lower(old_email) FROM "email_changes"
) AS known
WHERE id IN (
    SELECT id FROM "accounts" WHERE is_super_user
    UNION ALL
    SELECT person_id FROM "audit_entries" WHERE action = 'superUser.revoked'
);
