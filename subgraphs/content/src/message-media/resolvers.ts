import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Message: {
    __resolveReference: (message) => message,
    /** Of the files only those of whoever sent them: nobody shows what somebody else uploaded. */
    media: async ({ mediaGrant }, _args, { viewer, services, loaders }) => {
      const grant = mediaGrant ? services.mediaGrants.read(mediaGrant, viewer) : null;
      if (!grant) return [];
      const files = await Promise.all(grant.mediaIds.map((id) => loaders.grantedMedia.load(id)));
      return files.map((file) =>
        file?.ownerId === grant.ownerId ? { ...file, isConfidential: true } : null,
      );
    },
  },
};
