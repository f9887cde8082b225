import { text } from '@diaspora/kit';
import { z } from 'zod';

export const profileChanges = z.object({
  displayName: text({ max: 80 }).optional(),
  headline: text({ max: 160 }).nullable().optional(),
  bio: text({ max: 4_000 }).nullable().optional(),
  countryOfOrigin: z.string().optional(),
  countryOfResidence: z.string().optional(),
  city: text({ max: 80 }).nullable().optional(),
  languages: z.array(z.string()).min(1).max(10).optional(),
  domains: z.array(z.string()).max(16).optional(),
  isDiscoverable: z.boolean().optional(),
});
