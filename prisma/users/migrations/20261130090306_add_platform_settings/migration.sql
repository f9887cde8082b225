-- CreateTable
CREATE TABLE "platform_settings" (
    "version" INTEGER NOT NULL,
    "is_registration_open" BOOLEAN NOT NULL,
    "maintenance_notice" TEXT,
    "minimum_age" INTEGER,
    "consul_events_per_year" INTEGER NOT NULL,
    "audit_years" INTEGER NOT NULL,
    "changed_by" UUID,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "platform_settings_pkey" PRIMARY KEY ("version")
);

-- What the platform begins with.
INSERT INTO "platform_settings" ("version", "is_registration_open", "consul_events_per_year", "audit_years", "changed_at")
VALUES (1, true, 4, 7, now());
