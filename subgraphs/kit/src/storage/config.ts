import { z } from 'zod';
import { flag, url } from '../config.js';

/** Any S3-compatible store. */
const access = {
  S3_ENDPOINT: url('http', 'https'),
  /** Where browsers reach the store, when that is not where this service does. */
  S3_PUBLIC_ENDPOINT: url('http', 'https').optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string(),
  S3_SECRET_ACCESS_KEY: z.string(),
  S3_FORCE_PATH_STYLE: flag().default(false),
};

const bucketName = () => z.string().min(3).max(63);
const isPrivate = (name: string) => name.includes('private');

/** What a service is configured by that keeps files which many people read. */
export const objectStoreConfigShape = {
  ...access,
  S3_BUCKET: bucketName().refine((name) => !isPrivate(name), 'must not be a private bucket'),
};

/**
 * What a service is configured by that keeps files of one person each. The bucket says in its name that nothing may ever
 * stand in front of it, so that each service can tell the two apart without knowing the other's.
 */
export const privateStoreConfigShape = {
  ...access,
  S3_PRIVATE_BUCKET: bucketName().refine(isPrivate, 'must have "private" in its name'),
};

export type StoreAccess = z.output<z.ZodObject<typeof access>>;
export type ObjectStoreConfig = z.output<z.ZodObject<typeof objectStoreConfigShape>>;
export type PrivateStoreConfig = z.output<z.ZodObject<typeof privateStoreConfigShape>>;
