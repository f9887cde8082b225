export { defineLongJob } from './definitions.js';
export type { LongJob, LongJobRun, LongJobTask } from './definitions.js';
export { jobFields } from './fields.js';
export { createLongJobs } from './long-jobs.js';
export type { LongJobs, LongJobsOptions } from './long-jobs.js';
export type { JobStatus, LongJobRow } from './rows.js';
