import { loadConfig, privateStoreConfigShape, subgraphConfigShape } from '@diaspora/kit';
import { z } from 'zod';

export type MessagingConfig = ReturnType<typeof loadMessagingConfig>;

/** Pure: the environment is an argument. */
export const loadMessagingConfig = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig(
    {
      ...subgraphConfigShape,
      ...privateStoreConfigShape,
      /** What a person on the free plan may write a day (UTC) to people who have not written back. */
      FREE_MESSAGES_PER_DAY: z.coerce.number().int().min(1).max(100_000).default(50),
      /** How long after it was sent a message can be changed. */
      MESSAGE_EDIT_HOURS: z.coerce.number().int().min(0).max(8_760).default(24),
      /** How long after it was sent its sender can take a message back from everybody. */
      MESSAGE_DELETE_HOURS: z.coerce.number().int().min(0).max(8_760).default(48),
    },
    env,
  );
