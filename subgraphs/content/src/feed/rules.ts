import { z } from 'zod';

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
