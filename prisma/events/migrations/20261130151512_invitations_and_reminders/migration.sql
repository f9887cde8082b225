-- CreateEnum
CREATE TYPE "event_invitation_status" AS ENUM ('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED');

-- CreateTable
CREATE TABLE "event_invitations" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "user_id" UUID,
    "email" TEXT,
    "invited_by_id" UUID NOT NULL,
    "status" "event_invitation_status" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reminders" (
    "event_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "offset_minutes" INTEGER NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reminders_pkey" PRIMARY KEY ("event_id","starts_at","offset_minutes")
);

-- CreateIndex
CREATE INDEX "event_invitations_event_id_id_idx" ON "event_invitations"("event_id", "id");

-- CreateIndex
CREATE INDEX "event_invitations_user_id_event_id_idx" ON "event_invitations"("user_id", "event_id");

-- CreateIndex
CREATE INDEX "event_invitations_invited_by_id_created_at_idx" ON "event_invitations"("invited_by_id", "created_at");

-- AddForeignKey
ALTER TABLE "event_invitations" ADD CONSTRAINT "event_invitations_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "event_invitations" ADD CONSTRAINT "event_invitations_name_one" CHECK ("user_id" IS NULL OR "email" IS NULL);
-- One invitation waits for a member at an event.
CREATE UNIQUE INDEX "event_invitations_waiting" ON "event_invitations" ("event_id", "user_id") WHERE "status" = 'PENDING';
