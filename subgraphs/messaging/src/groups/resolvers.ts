import { mutation, type Viewer } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { conversationIds, userIds } from '../ids.js';
import type { ConversationModel } from '../models.js';
import { personIdsOf, pictureOf } from './rules.js';
import type { Acting, Groups } from './service.js';

/** A change to a group by one of its members. */
const changing = <Input extends { readonly conversationId: string }>(
  change: (groups: Groups, acting: Acting, input: Input, viewer: Viewer) => Promise<ConversationModel>,
) =>
  mutation(async (input: Input, { viewer, services, loaders }: Context) => {
    const conversationId = conversationIds.decode(input.conversationId);
    const acting = { actorId: viewer!.id, conversationId };
    const conversation = await change(services.groups, acting, input, viewer!);
    loaders.conversation.clear(conversationId);
    loaders.participants.clear(conversationId);
    return { conversation };
  });

export const resolvers: Resolvers = {
  Mutation: {
    createGroup: mutation(async ({ memberIds, ...input }, { viewer, services }) => ({
      conversation: await services.groups.create(viewer!, {
        ...input,
        memberIds: personIdsOf(memberIds, 'memberIds', viewer!.id),
      }),
    })),
    updateGroup: changing((groups, acting, { conversationId: _group, ...change }) =>
      groups.update(acting, change),
    ),
    addGroupMembers: changing((groups, { conversationId }, { userIds }, viewer) =>
      groups.addMembers(viewer, conversationId, personIdsOf(userIds, 'userIds')),
    ),
    removeGroupMember: changing((groups, acting, { userId }) =>
      groups.removeMember(acting, userIds.decode(userId)),
    ),
    setGroupRole: changing((groups, acting, { userId, role }) =>
      groups.setRole(acting, userIds.decode(userId), role),
    ),
    leaveGroup: changing((groups, acting, { successorId }) =>
      groups.leave(acting, successorId == null ? null : userIds.decode(successorId)),
    ),
  },
  Conversation: {
    historyVisibility: (side) => side.conversation.historyVisibility,
    // Whoever left is not told of another one; what it was then is not kept.
    pictureGrant: ({ leftAt, conversation }, _args, { viewer, services }) =>
      leftAt ? null : services.mediaGrants.of(pictureOf(conversation), viewer!.id),
  },
};
