import { AppError, parseInput, type Audit, type Clock, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, questionIds } from '../ids.js';
import type { Places } from '../places/index.js';
import { lockSteered } from '../steering.js';
import {
  assertWindow,
  optionsOf,
  readAnswers,
  settingsChanges,
  usualSettings,
  type QuestionInput,
  type Settings,
} from './rules.js';

export type RegistrationForm = ReturnType<typeof createRegistrationForm>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly places: Pick<Places, 'freed'>;
}

export function createRegistrationForm({ db, clock, audit, places }: Dependencies) {
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
      if (questions) await ask(tx, eventId, questions);
      const subject = { type: 'Event', id: eventIds.encode(eventId) };
      const action = 'event.registrationChanged';
      await audit.record(tx, { action, subject, personId: event.organizerId, before, after });
      return event;
    });
  };

  /** A question keeps its id and its kind, so that the answers it was given keep their meaning. */
  async function ask(tx: Transaction, eventId: string, questions: readonly QuestionInput[]): Promise<void> {
    const asked = await tx.registrationQuestion.findMany({ where: { eventId, retiredAt: null } });
    const named = questions.map(({ id }) => (id ? questionIds.decode(id) : null));
    const kept = named.filter((id) => id !== null);
    if (new Set(kept).size < kept.length) throw misnamed('A question is named once.');
    await tx.registrationQuestion.updateMany({
      where: { id: { in: asked.filter(({ id }) => !kept.includes(id)).map(({ id }) => id) } },
      data: { retiredAt: clock.now() },
    });
    for (const [position, question] of questions.entries()) {
      const { kind, prompt, isRequired } = question;
      const data = { position, prompt, isRequired, options: optionsOf(question) };
      const id = named[position];
      if (!id) {
        await tx.registrationQuestion.create({ data: { id: questionIds.create(), eventId, kind, ...data } });
        continue;
      }
      const known = asked.find((each) => each.id === id);
      if (!known) throw misnamed('The event does not ask that question.');
      if (known.kind !== kind) throw misnamed('A question that is asked keeps its kind.');
      await tx.registrationQuestion.update({ where: { id }, data });
    }
  }

  return { change };
}

const misnamed = (message: string) => new AppError('INVALID_INPUT', message, { path: ['questions'] });

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
