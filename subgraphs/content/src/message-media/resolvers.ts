import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';

/** Of the files only those of whoever shows them: nobody shows what somebody else uploaded. */
async function grantedBy(sealed: string | null | undefined, { viewer, services, loaders }: Context) {
  const grant = sealed ? services.mediaGrants.read(sealed, viewer) : null;
  if (!grant) return [];
  const files = await Promise.all(grant.mediaIds.map((id) => loaders.grantedMedia.load(id)));
  return files.map((file) => (file?.ownerId === grant.ownerId ? { ...file, isConfidential: true } : null));
}

async function pictureBy(sealed: string | null | undefined, context: Context) {
  const [file] = await grantedBy(sealed, context);
  return file?.contentType.startsWith('image/') ? file : null;
}

export const resolvers: Resolvers = {
  Message: {
    __resolveReference: (message) => message,
    media: ({ mediaGrant }, _args, context) => grantedBy(mediaGrant, context),
  },
  Conversation: {
    __resolveReference: (conversation) => conversation,
    picture: ({ pictureGrant }, _args, context) => pictureBy(pictureGrant, context),
  },
  InvitedGroup: {
    __resolveReference: (group) => group,
    picture: ({ pictureGrant }, _args, context) => pictureBy(pictureGrant, context),
  },
};
