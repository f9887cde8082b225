import type { IdType } from '../ids.js';
import type { LongJob } from './definitions.js';
import type { LongJobRow } from './rows.js';

/** Resolvers of the fields of the interface `Job`, for the type that stands for one kind of long job. */
export const jobFields = (ids: IdType, { unit }: Pick<LongJob, 'unit'>) => ({
  id: (job: LongJobRow) => ids.encode(job.id),
  progress: ({ done, total }: LongJobRow) => ({ done, total, unit }),
  error: ({ errorCode, errorMessage }: LongJobRow) =>
    errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
});
