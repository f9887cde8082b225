import { anyone, authenticated, carriers, personOr, type PermissionMap } from '@diaspora/kit';

const forEverybody = ['id', 'displayName', 'countryOfOrigin', 'countryOfResidence', 'email', 'privacy'];
/** Theirs to show to whom they like: `visibility.ts` decides, whoever asks and whichever way leads to them. */
const asChosen = ['headline', 'city', 'languages', 'domains'];
const asChosenForMembers = ['bio', 'sectors', 'links', 'location', 'birthday', 'abroadSince'];

const each = (fields: readonly string[], rule: typeof anyone | typeof authenticated) =>
  Object.fromEntries(fields.map((field) => [field, rule]));

export const permissions: PermissionMap = {
  Query: { me: anyone, user: personOr('users:read') },
  Mutation: { updateProfile: authenticated },
  User: {
    ...each([...forEverybody, ...asChosen], anyone),
    ...each([...asChosenForMembers, 'isDiscoverable', 'version'], authenticated),
  },
  ...carriers('ProfilePrivacy', 'FieldAudience', 'UpdateProfilePayload'),
};
