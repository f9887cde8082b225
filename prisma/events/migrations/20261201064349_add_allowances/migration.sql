-- CreateEnum
CREATE TYPE "allowance_purpose" AS ENUM ('CO_HOST_INVITATIONS', 'TICKET_TRANSFERS');

-- CreateTable
CREATE TABLE "allowances" (
    "person_id" UUID NOT NULL,
    "purpose" "allowance_purpose" NOT NULL,
    "day" DATE NOT NULL,
    "used" INTEGER NOT NULL,

    CONSTRAINT "allowances_pkey" PRIMARY KEY ("person_id","purpose")
);
