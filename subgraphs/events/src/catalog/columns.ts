import type { Event } from '../__generated__/prisma/client.js';
import type { AgendaEntry } from './program.js';
import type { EventTranslation } from './translations.js';

/** Columns of an event as they are written. */
export type EventColumns = Omit<Partial<Event>, 'translations' | 'program'> & {
  translations?: EventTranslation[];
  program?: AgendaEntry[];
};
