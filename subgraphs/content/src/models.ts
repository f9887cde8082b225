import type { Comment, Media, Post } from './__generated__/prisma/client.js';

/** Confidential is what is shown to a few, who may see it now and perhaps not in a while. */
export type MediaModel = Media & { readonly isConfidential?: boolean };
export type PostModel = Post;
export type CommentModel = Comment;

/** A person or an event: others own them, so that only their public id is known here. */
export interface UserModel {
  readonly id: string;
}
export interface EventModel {
  readonly id: string;
}

/** What messaging grants of a group and of an invitation into one. */
export interface ConversationModel {
  readonly id: string;
  readonly pictureGrant?: string | null;
}
export interface InvitedGroupModel {
  readonly pictureGrant: string;
}

/** A message of messaging: content knows what its grant says. */
export interface MessageModel {
  readonly id: string;
  readonly mediaGrant?: string | null;
}
