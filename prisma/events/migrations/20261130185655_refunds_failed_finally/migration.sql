-- AlterEnum
ALTER TYPE "refund_status" ADD VALUE 'FAILED_FINALLY';
