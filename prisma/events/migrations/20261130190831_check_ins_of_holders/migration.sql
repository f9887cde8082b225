-- AlterTable
ALTER TABLE "check_ins" DROP CONSTRAINT "check_ins_pkey",
ADD CONSTRAINT "check_ins_pkey" PRIMARY KEY ("kind", "admission_id", "holder_id");
