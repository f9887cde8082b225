import { AppError, parseInput, type Audit, type Clock, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, questionIds } from '../ids.js';
import type { Places } from '../places/index.js';
import { noteOwn } from '../own-parts.js';
import { createSteering } from '../steering.js';
import { ask } from './asking.js';
import { assertWindow, readAnswers, settingsChanges, usualSettings, type Settings } from './rules.js';

export type RegistrationForm = ReturnType<typeof createRegistrationForm>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly places: Pick<Places, 'freed'>;
}

export function createRegistrationForm({ db, clock, audit, places }: Dependencies) {
  const { lockSteered } = createSteering({ clock });

  /** Under the event's lock, so that whoever registers meets the old terms or the new ones. */
  const change = (
    viewer: Viewer,
    eventId: string,
    { expectedVersion, ...input }: { expectedVersion: number },
  ): Promise<Event> => {
    const { questions, ...changes } = parseInput(settingsChanges, input);
    return db.$transaction(async (tx) => {
      const event = await lockSteered(tx, viewer, eventId);
      const before = await settingsOf(tx, eventId);
      if (before.version !== expectedVersion) throw stale(event);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const after: Settings = { ...before, ...given, version: before.version + 1 };
      assertWindow(after);
      await tx.registrationSettings.upsert({
        where: { eventId },
        create: { ...after, eventId },
        update: after,
      });
      // Who waits may have a turn now that there is a waitlist.
      await places.freed(tx, eventId);
      if (questions) await ask(tx, { eventId, questions, now: clock.now() });
      await noteOwn(tx, event, 'registration');
      const subject = { type: 'Event', id: eventIds.encode(eventId) };
      const action = 'event.registrationChanged';
      await audit.record(tx, { action, subject, personId: event.organizerId, before, after });
      return event;
    });
  };

  return { change };
}

const stale = (event: Event) =>
  new AppError('CONFLICT', 'The terms have changed meanwhile.', {
    path: ['expectedVersion'],
    payload: { event },
  });

/** The terms of an event as they are. */
export async function settingsOf(client: Transaction, eventId: string): Promise<Settings> {
  const row = await client.registrationSettings.findUnique({ where: { eventId }, omit: { eventId: true } });
  return row ?? usualSettings;
}

/** An answer as a client gives it. */
export interface GivenAnswer {
  readonly questionId: string;
  readonly value: string;
}

/** Puts the answers of a registration in the place of earlier ones. Throws AppError INVALID_INPUT unless they fit. */
export async function keepAnswers(
  tx: Transaction,
  { id: registrationId, eventId }: { readonly id: string; readonly eventId: string },
  given: readonly GivenAnswer[],
): Promise<void> {
  const questions = await tx.registrationQuestion.findMany({ where: { eventId, retiredAt: null } });
  const decoded = given.map(({ questionId, value }) => ({
    questionId: questionIds.decode(questionId),
    value,
  }));
  const answers = readAnswers(questions, decoded);
  if (questions.length === 0) return;
  const asked = questions.map(({ id }) => id);
  await tx.registrationAnswer.deleteMany({ where: { registrationId, questionId: { in: asked } } });
  await tx.registrationAnswer.createMany({
    data: answers.map((answer) => ({ ...answer, registrationId })),
  });
}
