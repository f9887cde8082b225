import { messagesFrom } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

/** What an invoice needs of a profile is copied here, so that nobody asks users while money comes in. */
export const customerHandlers = [
  ...users.project(
    'user.profileChanged',
    z.object({
      userId: z.string(),
      version: z.number().int(),
      displayName: z.string(),
      countryOfResidence: z.string(),
      languages: z.array(z.string()),
    }),
    async ({ data }, tx) => {
      const { displayName, languages, version } = data;
      // The deleted person lives nowhere.
      const countryCode = /^[A-Z]{2}$/.test(data.countryOfResidence) ? data.countryOfResidence : null;
      await tx.$executeRaw`
        INSERT INTO customers AS known (user_id, display_name, country_code, languages, profile_version)
        VALUES (${userIds.decode(data.userId)}::uuid, ${displayName}, ${countryCode}, ${languages}, ${version})
        ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name,
          country_code = excluded.country_code, languages = excluded.languages,
          profile_version = excluded.profile_version
        WHERE known.profile_version <= excluded.profile_version`;
    },
  ),
];
