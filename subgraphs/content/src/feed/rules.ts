import { z } from 'zod';

/** A language without a region includes its regions: "ro" means "ro-MD" too. */
export const languageConditions = (languages: readonly string[]) =>
  languages.map((language) => {
    const [baseLanguage] = language.split('-', 1);
    return baseLanguage === language
      ? { baseLanguage }
      : { baseLanguage, OR: [{ language }, { language: { startsWith: `${language}-` } }] };
  });

const someOf = (what: string) =>
  z
    .array(z.string().max(200))
    .max(20, `Give at most 20 ${what}.`)
    .nullish()
    .transform((values) => (values && values.length > 0 ? [...new Set(values)] : null));

/** Null stands for no condition. */
export const feedFilter = z.object({
  countriesOfOrigin: someOf('countries'),
  languages: someOf('languages'),
  hashtags: someOf('hashtags'),
  eventId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
});
