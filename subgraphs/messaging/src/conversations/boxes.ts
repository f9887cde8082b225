import { Prisma } from '../database.js';

/** Whether that side has accepted the conversation: only then are others told what the person reads and does there. */
export const isAcceptedBy = (side: 'p' | 'theirs') =>
  Prisma.sql`${Prisma.raw(side)}.box IN ('INBOX', 'ARCHIVED')`;

export const isAccepted = isAcceptedBy('p');

/** Whether what is unread on the side `p` counts in the person's total: neither requests nor what was put away do. */
export const countsInTotal = Prisma.sql`p.box = 'INBOX'`;

/** Whether the side `p` is told of what is said there. */
export const isToldAt = (now: Date): Prisma.Sql =>
  Prisma.sql`p.left_at IS NULL AND ${isAccepted} AND coalesce(p.muted_until <= ${now}, true)`;
