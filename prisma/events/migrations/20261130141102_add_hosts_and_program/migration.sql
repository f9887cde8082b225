-- AlterTable
ALTER TABLE "events" ADD COLUMN     "co_host_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "cover_id" UUID,
ADD COLUMN     "gallery_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "program" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "translations" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "co_host_invitations" (
    "event_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "invited_by_id" UUID NOT NULL,
    "invited_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "co_host_invitations_pkey" PRIMARY KEY ("event_id","user_id")
);

-- CreateIndex
CREATE INDEX "co_host_invitations_of_user" ON "co_host_invitations"("user_id", "invited_at", "event_id");

-- CreateIndex
CREATE INDEX "events_of_co_hosts" ON "events" USING GIN ("co_host_ids");

-- AddForeignKey
ALTER TABLE "co_host_invitations" ADD CONSTRAINT "co_host_invitations_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;
