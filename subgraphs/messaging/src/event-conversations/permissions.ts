import { anyone, inPerson, type PermissionMap } from '@diaspora/kit';

/** Everybody may ask for the conversation of an event; it is there for whoever takes part. */
export const permissions: PermissionMap = {
  Event: { id: anyone, conversation: anyone },
  Conversation: { event: inPerson },
};
