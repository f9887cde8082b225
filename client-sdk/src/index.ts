export { createClient, type Client, type ClientOptions, type SignInResult } from './client.js';
export type { Execute, ExecuteOptions } from './execute.js';
export {
  ApiError,
  ConflictError,
  ForbiddenError,
  InternalError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
  UserInputError,
} from './errors.js';
export { newKey } from './keys.js';
export type { Page, PageVariables } from './paginate.js';
export type { RetryPolicy } from './retry.js';
export {
  createLocalStorage,
  createMemoryStorage,
  type SessionStorage,
  type StoredSession,
} from './storage.js';
export type { UploadOptions } from './uploads.js';
export * from './__generated__/operations.js';
