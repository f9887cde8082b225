import { createHash } from 'node:crypto';
import { line } from '@diaspora/kit';
import { z } from 'zod';

export const connectionInput = z.object({
  name: line({ max: 80 }),
  url: z.url({ protocol: /^https?$/ }).max(1_000),
});

/** Bound to the webhook, so that the code of one is good for nothing at another. */
export const codeHash = (webhookId: string, code: string): string =>
  createHash('sha256').update(`${webhookId}:${code.trim()}`).digest('hex');

/** The three characters that mean something to Slack. */
export const escapeForChat = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
