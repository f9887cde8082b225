export { defineJob, onJob } from './definitions.js';
export type { Job, JobContext, JobTask, JobTasks } from './definitions.js';
export { addJob, addJobs } from './add-job.js';
export type { AddJobOptions, JobWish } from './add-job.js';
export { startAllJobs } from './start-all.js';
export { startJobs } from './worker.js';
export type { Jobs, JobsOptions } from './worker.js';
