import { AppError, line, text } from '@diaspora/kit';
import { z } from 'zod';
import type { RegistrationQuestion, RegistrationSettings } from '../__generated__/prisma/client.js';

export type Settings = Omit<RegistrationSettings, 'eventId'>;

/** The terms of an event whose organizers never set any. */
export const usualSettings: Settings = {
  opensAt: null,
  closesAt: null,
  requiresApproval: false,
  maxGuests: 0,
  requiredEntitlement: null,
  waitlist: 'FIRST_COME',
  offerMinutes: 24 * 60,
  version: 0,
};

const mostQuestions = 20;
/** With how many guests one person comes at most, whatever the event. */
export const mostGuests = 20;
const longestAnswer = 2_000;
const option = line({ max: 120 });

const question = z.object({
  id: z.string().nullish(),
  kind: z.custom<RegistrationQuestion['kind']>(),
  prompt: line({ max: 300 }),
  options: z.array(option).max(20).nullish(),
  isRequired: z.boolean(),
});

/** Absent keeps; null clears what can be without. */
export const settingsChanges = z.object({
  opensAt: z.date().nullable().optional(),
  closesAt: z.date().nullable().optional(),
  requiresApproval: z.boolean().optional(),
  maxGuests: z.number().int().min(0).max(mostGuests).optional(),
  requiredEntitlement: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of an entitlement')
    .nullable()
    .optional(),
  waitlist: z.custom<Settings['waitlist']>((value) => typeof value === 'string').optional(),
  offerMinutes: z.number().int().min(10).max(10_080).optional(),
  questions: z.array(question).max(mostQuestions).optional(),
});

export type QuestionInput = z.output<typeof question>;

export function assertWindow({ opensAt, closesAt }: Pick<Settings, 'opensAt' | 'closesAt'>): void {
  if (opensAt && closesAt && opensAt >= closesAt)
    throw new AppError('INVALID_INPUT', 'Registration opens before it closes.', { path: ['closesAt'] });
}

/** The options of a question; none for one that is answered in words. */
export function optionsOf({ kind, options }: QuestionInput): string[] {
  const distinct = [...new Set(options ?? [])];
  if (kind === 'TEXT' && distinct.length > 0)
    throw new AppError('INVALID_INPUT', 'A question for text has no options.', { path: ['questions'] });
  if (kind === 'CHOICE' && distinct.length < 2)
    throw new AppError('INVALID_INPUT', 'A choice has two options at least.', { path: ['questions'] });
  return distinct;
}

export interface Answer {
  readonly questionId: string;
  readonly value: string;
}

const answerText = text({ max: longestAnswer });

/** The answers to keep. Throws AppError INVALID_INPUT for one that does not fit, and for one that is missing. */
export function readAnswers(
  questions: readonly RegistrationQuestion[],
  given: readonly Answer[],
): readonly Answer[] {
  const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['answers'] });
  const byQuestion = new Map(given.map((answer) => [answer.questionId, answer.value]));
  if (byQuestion.size < given.length) throw refuse('Each question is answered once.');
  const kept = questions.flatMap(({ id, kind, prompt, options, isRequired }) => {
    const raw = byQuestion.get(id);
    byQuestion.delete(id);
    if (raw === undefined || raw.trim() === '') {
      if (isRequired) throw refuse(`“${prompt}” needs an answer.`);
      return [];
    }
    const value = answerText.safeParse(raw);
    if (!value.success) throw refuse(`The answer to “${prompt}” is not one that can be kept.`);
    if (kind === 'CHOICE' && !options.includes(value.data))
      throw refuse(`“${prompt}” is answered by one of its options.`);
    return [{ questionId: id, value: value.data }];
  });
  if (byQuestion.size > 0) throw refuse('The event does not ask that.');
  return kept;
}
