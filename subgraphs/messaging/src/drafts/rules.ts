import { text } from '@diaspora/kit';
import { z } from 'zod';
import { keyOf, longestText } from '../message-content/index.js';
import { messageIds } from '../ids.js';

export const draftInput = z.object({
  text: text({ min: 0, max: longestText }),
  replyToId: keyOf(messageIds)
    .nullish()
    .transform((key) => key ?? null),
});
