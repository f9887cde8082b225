import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { questionIds } from '../ids.js';
import { optionsOf, type QuestionInput } from './rules.js';

interface Asked {
  readonly eventId: string;
  readonly questions: readonly QuestionInput[];
  readonly now: Date;
}

/**
 * Makes an event ask these questions, in their order. A question keeps its id and its kind, so that the answers it was
 * given keep their meaning; one that is not named is asked no longer. The event is locked.
 */
export async function ask(tx: Transaction, { eventId, questions, now }: Asked): Promise<void> {
  const asked = await tx.registrationQuestion.findMany({ where: { eventId, retiredAt: null } });
  const named = questions.map(({ id }) => (id ? questionIds.decode(id) : null));
  const kept = named.filter((id) => id !== null);
  if (new Set(kept).size < kept.length) throw misnamed('A question is named once.');
  await tx.registrationQuestion.updateMany({
    where: { id: { in: asked.filter(({ id }) => !kept.includes(id)).map(({ id }) => id) } },
    data: { retiredAt: now },
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

const misnamed = (message: string) => new AppError('INVALID_INPUT', message, { path: ['questions'] });
