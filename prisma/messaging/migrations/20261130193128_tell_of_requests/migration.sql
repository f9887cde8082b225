-- AlterEnum
ALTER TYPE "notification_type" ADD VALUE 'MESSAGE_REQUESTED';

-- Of a conversation, who has not accepted it.
CREATE INDEX "participants_who_are_asked" ON "participants" ("conversation_id") WHERE "box" = 'REQUESTS' AND "left_at" IS NULL;

DROP INDEX "participants_unread";
CREATE INDEX "participants_unread" ON "participants" ("user_id", "box") INCLUDE ("unread_count") WHERE "unread_count" > 0;
