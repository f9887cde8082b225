import {
  loadConfig,
  objectStoreConfigShape,
  privateStoreConfigShape,
  subgraphConfigShape,
  url,
} from '@diaspora/kit';
import { z } from 'zod';

export type ContentConfig = ReturnType<typeof loadContentConfig>;

const mebibyte = 1_048_576;
// A file is held in memory while it is verified, hence the ceiling.
const sizeLimit = () =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(32 * mebibyte)
    .default(10 * mebibyte);

/** Pure: the environment is an argument. Sizes are in bytes, durations in seconds. */
export const loadContentConfig = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig(
    {
      ...subgraphConfigShape,
      ...objectStoreConfigShape,
      ...privateStoreConfigShape,
      /** A public delivery network in front of the bucket; without it files are reached by signed, short-lived URLs. */
      MEDIA_PUBLIC_URL: url('http', 'https').optional(),
      MAX_JPEG_BYTES: sizeLimit(),
      MAX_PNG_BYTES: sizeLimit(),
      MAX_GIF_BYTES: sizeLimit(),
      MAX_WEBP_BYTES: sizeLimit(),
      UPLOAD_SECONDS: z.coerce.number().int().min(60).max(86_400).default(900),
      DOWNLOAD_SECONDS: z.coerce.number().int().min(60).max(86_400).default(600),
    },
    env,
  );
