import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { mediaIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    requestUpload: mutation(async (input, { viewer, services }) => {
      const { media, form } = await services.uploads.request(viewer!.id, input);
      const fields = Object.entries(form.fields).map(([name, value]) => ({ name, value }));
      return { upload: { url: form.url, fields, expiresAt: media.expiresAt, media } };
    }),
    completeUpload: mutation(async ({ mediaId }, { viewer, services }) => ({
      media: await services.uploads.complete(viewer!.id, mediaIds.decode(mediaId)),
    })),
  },
  User: {
    avatar: async ({ id }, _args, { loaders }) =>
      (await loaders.avatar.load(userIds.decode(id)))?.media ?? null,
  },
  Media: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = mediaIds.find(id);
      return key ? loaders.media.load(key) : null;
    },
    id: (media) => mediaIds.encode(media.id),
    url: (media, _args, { services }) => services.uploads.urlOf(media),
    fileName: (media, _args, { viewer }) => (media.ownerId === viewer?.id ? media.fileName : null),
  },
};
