import { Prisma } from '../database.js';

/** Whether the side `p` has accepted the conversation: only then are others told what the person reads and does there. */
export const isAccepted = Prisma.sql`p.box IN ('INBOX', 'ARCHIVED')`;

/** Whether what is unread on the side `p` counts in the person's total: neither requests nor what was put away do. */
export const countsInTotal = Prisma.sql`p.box = 'INBOX'`;

/** Whether the side `p` is told of what is said there. */
export const isToldAt = (now: Date): Prisma.Sql =>
  Prisma.sql`p.left_at IS NULL AND ${isAccepted} AND coalesce(p.muted_until <= ${now}, true)`;
