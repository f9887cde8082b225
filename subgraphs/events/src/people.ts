import { AppError, foldName, messagesFrom } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import { cityKeyOf } from './catalog/index.js';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const profile = z.object({
  userId: z.string(),
  version: z.number().int(),
  displayName: z.string(),
  countryOfResidence: z.string(),
  city: z.string().nullable(),
  domains: z.array(z.string()),
  invitableBy: z.enum(['EVERYONE', 'CONNECTIONS', 'NOBODY']).default('EVERYONE'),
});

/** Keeps what everybody may call a person, where they live, what they are about and who may invite them. The highest version wins, in whatever order they arrive. */
export const peopleHandlers = [
  ...users.project('user.profileChanged', profile, async ({ data }, tx) => {
    const { userId, version, displayName, countryOfResidence, city, domains, invitableBy } = data;
    await tx.$executeRaw`
      INSERT INTO people AS known (user_id, display_name, name_key, version, country_code, city_key, domains, invitable_by)
      VALUES (${userIds.decode(userId)}::uuid, ${displayName}, ${foldName(displayName)}, ${version},
        ${countryOfResidence}, ${cityKeyOf(city)}, ${domains}, ${invitableBy}::invitation_audience)
      ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name, name_key = excluded.name_key,
        version = excluded.version, country_code = excluded.country_code, city_key = excluded.city_key,
        domains = excluded.domains, invitable_by = excluded.invitable_by
      WHERE excluded.version >= known.version`;
  }),
];

/** Throws NOT_FOUND for the id of nobody: whoever is named in an event is shown in it. */
export async function assertKnown(tx: Transaction, userId: string, field = 'userId'): Promise<void> {
  if ((await tx.person.count({ where: { userId } })) > 0) return;
  throw new AppError('NOT_FOUND', 'There is no such person.', { path: [field] });
}
