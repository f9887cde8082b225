import { line, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Event } from '../__generated__/prisma/client.js';

export const mostTranslations = 10;

export const titleOfEvent = () => line({ max: 160 });
export const descriptionOfEvent = () => text({ max: 20_000 });

/** Title and description in another language than the event's own. */
export const translation = z.object({
  language: z.string(),
  title: titleOfEvent(),
  description: descriptionOfEvent(),
  isMachineTranslated: z.boolean().default(false),
});

export type EventTranslation = z.output<typeof translation>;

/** Text and the language it is in. */
export interface LocalizedText {
  readonly text: string;
  readonly language: string;
  readonly isMachineTranslated: boolean;
}

type Translated = Pick<Event, 'title' | 'description' | 'language' | 'translations'>;

export const translationsOf = (event: Pick<Event, 'translations'>): EventTranslation[] =>
  event.translations as EventTranslation[];

const mostWanted = 10;

const primary = (language: string) => language.split('-', 1)[0];

/**
 * The text in the first of the wanted languages there is: as it is written, else in another region of the language.
 * The event's own language where none of them is there.
 */
export function localize(
  event: Translated,
  field: 'title' | 'description',
  wanted: readonly string[],
): LocalizedText {
  const { title, description, language } = event;
  const original = { language, title, description, isMachineTranslated: false };
  const versions = [original, ...translationsOf(event)];
  const found = wanted
    .slice(0, mostWanted)
    .map(
      (want) =>
        versions.find((version) => version.language === want) ??
        versions.find((version) => primary(version.language) === primary(want)),
    )
    .find((version) => version !== undefined);
  const { [field]: text, ...version } = found ?? original;
  return { text, language: version.language, isMachineTranslated: version.isMachineTranslated };
}
