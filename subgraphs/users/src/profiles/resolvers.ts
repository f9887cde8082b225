import type { InterestDomain, Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { userIds } from '../ids.js';
import { audienceOf, nowhere, profileFields } from './rules.js';
import { shownTo } from './visibility.js';

const countryOf = (code: string): string | null => (code === nowhere ? null : code);

const dayOf = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;

export const resolvers: Resolvers = {
  Query: {
    me: (_parent, _args, { viewer, loaders }) => (viewer ? loaders.profile.load(viewer.id) : null),
    user: (_parent, { id }, { loaders }) => loaders.profile.load(userIds.decode(id)),
  },
  Mutation: {
    updateProfile: changing(async (input, { viewer, services }) => ({
      user: await services.profiles.update(viewer!.id, input),
    })),
  },
  User: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = userIds.find(id);
      return key ? loaders.profile.load(key) : null;
    },
    id: (profile) => userIds.encode(profile.accountId),
    countryOfOrigin: (profile) => countryOf(profile.countryOfOrigin),
    countryOfResidence: (profile) => countryOf(profile.countryOfResidence),
    email: async (profile, _args, { viewer, loaders }) => {
      if (viewer?.id !== profile.accountId) return null;
      const account = await loaders.account.load(profile.accountId);
      return account?.email ?? null;
    },
    headline: shownTo('HEADLINE', ({ headline }) => headline, null),
    bio: shownTo('BIO', ({ bio }) => bio, null),
    city: shownTo('CITY', (profile) => profile.city, null),
    languages: shownTo('LANGUAGES', (profile) => profile.languages, []),
    domains: shownTo('DOMAINS', (profile) => profile.domains as InterestDomain[], []),
    sectors: shownTo('SECTORS', ({ sectors }) => sectors, []),
    links: shownTo('LINKS', ({ links }) => links, []),
    location: shownTo(
      'LOCATION',
      ({ latitude, longitude }) => (latitude !== null && longitude !== null ? { latitude, longitude } : null),
      null,
    ),
    birthday: shownTo('BIRTHDAY', ({ birthday }) => dayOf(birthday), null),
    abroadSince: shownTo('ABROAD_SINCE', ({ abroadSince }) => dayOf(abroadSince), null),
    isDiscoverable: ({ findableBy }) => findableBy === 'EVERYONE',
    privacy: (profile, _args, { viewer }) => (viewer?.id === profile.accountId ? profile : null),
  },
  ProfilePrivacy: {
    fields: (profile) => profileFields.map((field) => ({ field, audience: audienceOf(profile, field) })),
  },
};
