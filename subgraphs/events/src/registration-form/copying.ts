import type { Clock } from '@diaspora/kit';
import type { Event, RegistrationQuestion } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { questionIds } from '../ids.js';
import type { Places } from '../places/index.js';
import { instantFromStart, secondsFromStart } from '../time/index.js';
import { ask } from './asking.js';
import type { QuestionInput, Settings } from './rules.js';

type Terms = Omit<Settings, 'version' | 'opensAt' | 'closesAt'> & {
  readonly opensAfter: number | null;
  readonly closesAfter: number | null;
};

/** On which terms an event takes registrations, for others like it: JSON, with times by their distance from the start. */
export interface FormCopy {
  /** Null where nobody set any. */
  readonly terms: Terms | null;
  readonly questions: readonly Pick<RegistrationQuestion, 'kind' | 'prompt' | 'options' | 'isRequired'>[];
}

interface Dependencies {
  readonly clock: Clock;
  readonly places: Pick<Places, 'freed'>;
}

export function createFormCopies({ clock, places }: Dependencies) {
  async function read(tx: Transaction, event: Event): Promise<FormCopy> {
    const known = await tx.registrationSettings.findUnique({
      where: { eventId: event.id },
      omit: { eventId: true, version: true },
    });
    const questions = await questionsOf(tx, event.id);
    return {
      terms: known && copyOf(known, event),
      questions: questions.map(({ kind, prompt, options, isRequired }) => ({
        ...{ kind, prompt, options, isRequired },
      })),
    };
  }

  /** Puts a copy in the place of what an event has. A question that is asked already stays, with its answers. */
  async function give(tx: Transaction, event: Event, { terms, questions }: FormCopy): Promise<void> {
    const { id: eventId } = event;
    if (terms) {
      const columns = termsFor(event, terms);
      await tx.registrationSettings.upsert({
        where: { eventId },
        create: { ...columns, eventId, version: 1 },
        update: { ...columns, version: { increment: 1 } },
      });
    } else await tx.registrationSettings.deleteMany({ where: { eventId } });
    await ask(tx, {
      eventId,
      questions: recognise(questions, await questionsOf(tx, eventId)),
      now: clock.now(),
    });
    // Who waits may have a turn now that there is a waitlist.
    await places.freed(tx, eventId);
  }

  return { read, give };
}

const questionsOf = (tx: Transaction, eventId: string): Promise<RegistrationQuestion[]> =>
  tx.registrationQuestion.findMany({ where: { eventId, retiredAt: null }, orderBy: { position: 'asc' } });

/** Names the questions that are asked already, each once. */
function recognise(questions: FormCopy['questions'], asked: RegistrationQuestion[]): QuestionInput[] {
  const left = [...asked];
  return questions.map((question) => {
    const at = left.findIndex(({ kind, prompt }) => kind === question.kind && prompt === question.prompt);
    const [known] = at < 0 ? [] : left.splice(at, 1);
    return { ...question, id: known && questionIds.encode(known.id) };
  });
}

function copyOf({ opensAt, closesAt, ...terms }: Omit<Settings, 'version'>, event: Event): Terms {
  const after = (at: Date | null) => at && secondsFromStart(event, at);
  return { ...terms, opensAfter: after(opensAt), closesAfter: after(closesAt) };
}

function termsFor(event: Event, { opensAfter, closesAfter, ...terms }: Terms): Omit<Settings, 'version'> {
  const at = (seconds: number | null) => (seconds === null ? null : instantFromStart(event, seconds));
  return { ...terms, opensAt: at(opensAfter), closesAt: at(closesAfter) };
}
