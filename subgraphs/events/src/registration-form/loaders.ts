import { createGroupLoader, createRowLoader, type Loader } from '@diaspora/kit';
import type {
  RegistrationAnswer,
  RegistrationQuestion,
  RegistrationSettings,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface RegistrationFormLoaders {
  /** The terms of an event, by event; null where nobody set any. */
  readonly registrationSettings: Loader<string, RegistrationSettings | null>;
  /** What an event asks now, by event. */
  readonly questions: Loader<string, RegistrationQuestion[]>;
  /** Answers with their questions, by registration. For whoever permissions.ts lets see them. */
  readonly answers: Loader<string, (RegistrationAnswer & { question: RegistrationQuestion })[]>;
}

export const createRegistrationFormLoaders = (db: Db): RegistrationFormLoaders => ({
  registrationSettings: createRowLoader(
    (eventIds) => db.registrationSettings.findMany({ where: { eventId: { in: [...eventIds] } } }),
    ({ eventId }) => eventId,
  ),
  questions: createGroupLoader(
    (eventIds) =>
      db.registrationQuestion.findMany({
        where: { eventId: { in: [...eventIds] }, retiredAt: null },
        orderBy: { position: 'asc' },
      }),
    ({ eventId }) => eventId,
  ),
  answers: createGroupLoader(
    (registrationIds) =>
      db.registrationAnswer.findMany({
        where: { registrationId: { in: [...registrationIds] } },
        include: { question: true },
        orderBy: { question: { position: 'asc' } },
      }),
    ({ registrationId }) => registrationId,
  ),
});
