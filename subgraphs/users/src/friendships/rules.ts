import { dayMs, text } from '@diaspora/kit';
import { z } from 'zod';
import { window } from '../budgets/index.js';

export const requestInput = z.object({ note: text({ max: 300 }).nullish() });

/** Requests for friendship of one person. */
export const requestsSent = window('person.friend-requests', 50, dayMs);
/** To the same person: whoever asks, takes it back and asks again tells them each time. */
export const requestsToOne = window('pair.friend-requests', 5, dayMs);
