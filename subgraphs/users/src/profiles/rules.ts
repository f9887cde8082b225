import { line, placeName, text } from '@diaspora/kit';
import { z } from 'zod';

const unique = <Item>(items: Item[]): Item[] => [...new Set(items)];

/** Something has to be seen of a name: marks of direction and zero width alone would pass for nobody. */
export const displayName = line({ max: 80 }).refine((value) => /[\p{L}\p{N}\p{S}]/u.test(value), {
  message: 'must contain a letter, a digit or a symbol',
});
export const city = placeName({ max: 80 });
export const languages = z.array(z.string()).min(1).max(10).transform(unique);

export const profileChanges = z.object({
  displayName: displayName.optional(),
  headline: line({ max: 160 }).nullable().optional(),
  bio: text({ max: 4_000 }).nullable().optional(),
  countryOfOrigin: z.string().optional(),
  countryOfResidence: z.string().optional(),
  city: city.nullable().optional(),
  languages: languages.optional(),
  domains: z.array(z.string()).max(16).transform(unique).optional(),
  isDiscoverable: z.boolean().optional(),
});
