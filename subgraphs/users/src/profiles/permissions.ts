import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { me: anyone, user: authenticated },
  Mutation: { updateProfile: authenticated },
  User: {
    ...Object.fromEntries(
      ['id', 'displayName', 'headline', 'countryOfOrigin', 'countryOfResidence', 'city', 'email'].map(
        (field) => [field, anyone],
      ),
    ),
    bio: authenticated,
    languages: anyone,
    domains: anyone,
    isDiscoverable: authenticated,
    version: authenticated,
  },
  ...carriers('UpdateProfilePayload'),
};
