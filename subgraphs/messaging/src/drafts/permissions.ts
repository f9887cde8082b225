import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A draft is its writer's: the loader asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Mutation: { saveDraft: authenticated },
  Conversation: { draft: inPerson },
  ...carriers('Draft', 'DraftChanged', 'SaveDraftPayload'),
};
