import { AppError, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';

/** Of one customer. */
export const maxTasks = 1_000;

const title = line({ max: 200 });

export const newTask = z.object({
  idempotencyKey: idempotencyKey(),
  title,
  dueAt: z.date(),
  assigneeId: z.string().nullish(),
});

/** null is nothing for what may not be absent. */
export const taskChanges = z.object({
  title: title.nullish().transform((given) => given ?? undefined),
  dueAt: z
    .date()
    .nullish()
    .transform((given) => given ?? undefined),
  assigneeId: z.string().nullable().optional(),
});

export const taskFilter = z.object({
  assigneeId: z.string().nullish(),
  isDone: z.boolean().nullish(),
  dueBefore: z.date().nullish(),
});

export const noSuchTask = () => new AppError('NOT_FOUND', 'There is no such task.', { path: ['taskId'] });
