-- CreateEnum
CREATE TYPE "plan_audience" AS ENUM ('PERSON', 'WORKSPACE');

-- AlterTable
ALTER TABLE "plans" ADD COLUMN     "audience" "plan_audience" NOT NULL DEFAULT 'PERSON',
ADD COLUMN     "credits_per_month" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tier" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "trial_days" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "plans" ADD CONSTRAINT "plans_offer" CHECK (
  "tier" >= 0 AND "credits_per_month" >= 0
  AND "trial_days" BETWEEN 0 AND 90 AND ("trial_days" = 0 OR "interval" IS NOT NULL)
);

UPDATE "plans" SET "tier" = 10, "trial_days" = 14, "credits_per_month" = 100
WHERE "code" IN ('PREMIUM_MONTHLY', 'PREMIUM_YEARLY');

-- Tiers of ContentOS workspaces: listed, and sold once there are workspaces.
INSERT INTO "plans"
  ("id", "code", "version", "name", "audience", "tier", "amount_minor", "currency", "interval", "entitlements", "trial_days", "credits_per_month")
VALUES
  ('019a9f00-0000-7000-8000-000000000010', 'WORKSPACE_FREE', 1, 'Workspace, free', 'WORKSPACE', 0, 0, 'EUR', NULL, '{}', 0, 0),
  ('019a9f00-0000-7000-8000-000000000011', 'WORKSPACE_TEAM_MONTHLY', 1, 'Workspace for teams, monthly', 'WORKSPACE', 10, 2900, 'EUR', 'MONTH', '{AI_CREDITS}', 14, 1000),
  ('019a9f00-0000-7000-8000-000000000012', 'WORKSPACE_TEAM_YEARLY', 1, 'Workspace for teams, yearly', 'WORKSPACE', 10, 29000, 'EUR', 'YEAR', '{AI_CREDITS}', 14, 1000),
  ('019a9f00-0000-7000-8000-000000000013', 'WORKSPACE_BUSINESS_MONTHLY', 1, 'Workspace for businesses, monthly', 'WORKSPACE', 20, 9900, 'EUR', 'MONTH', '{AI_CREDITS,CALENDAR_SYNC}', 14, 5000),
  ('019a9f00-0000-7000-8000-000000000014', 'WORKSPACE_BUSINESS_YEARLY', 1, 'Workspace for businesses, yearly', 'WORKSPACE', 20, 99000, 'EUR', 'YEAR', '{AI_CREDITS,CALENDAR_SYNC}', 14, 5000);
