import { hourMs } from '@diaspora/kit';
import { z } from 'zod';
import type { Prisma } from '../database.js';

const word = z.string().min(1).max(200);
const words = z.array(word).max(50);

/** Ids are keys, but for that of the subject, which may be of any kind. */
export const auditFilter = z
  .object({
    actorId: z.uuid().nullish(),
    personId: z.uuid().nullish(),
    subjectId: word.nullish(),
    actions: words.nullish(),
    sources: words.nullish(),
    requestId: word.nullish(),
    from: z.date().nullish(),
    to: z.date().nullish(),
  })
  .refine(({ from, to }) => !from || !to || from < to, {
    message: 'must lie behind the beginning',
    path: ['to'],
  });

export type AuditFilter = z.output<typeof auditFilter>;

/** Clocks of services differ: how much later than it is recorded an action may claim to have been done. */
const clockSkewMs = hourMs;

export function matching(filter: AuditFilter): Prisma.AuditEntryWhereInput {
  const { actorId, personId, subjectId, actions, sources, requestId, from, to } = filter;
  return {
    ...(actorId && { actorId }),
    ...(personId && { personId }),
    ...(subjectId && { subjectId }),
    ...(actions && { action: { in: actions } }),
    ...(sources && { source: { in: sources } }),
    ...(requestId && { requestId }),
    ...((from || to) && { occurredAt: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    // Lets whole months be left out: nothing is recorded before it was done.
    ...(from && { recordedAt: { gte: new Date(from.getTime() - clockSkewMs) } }),
  };
}

/** First words of the actions that touch the safety of an account. */
const securityTopics = [
  'account',
  'session',
  'password',
  'email',
  'phone',
  'factor',
  'identity',
  'impersonation',
  'user',
];

export const aboutSafetyOf = (personId: string): Prisma.AuditEntryWhereInput => ({
  personId,
  OR: securityTopics.map((topic) => ({ action: { startsWith: `${topic}.` } })),
});

/** Where an action came from is shown to the person when it was the person, or somebody who had not signed in. */
export const mayPersonSeeOrigin = (entry: {
  actorKind: string;
  actorId: string | null;
  personId: string | null;
}) => entry.actorKind === 'ANONYMOUS' || entry.actorId === entry.personId;
