import { AppError } from '@diaspora/kit';

/** The same for a conversation that is not there and for one of others. */
export const noSuchConversation = () =>
  new AppError('NOT_FOUND', 'There is no such conversation.', { path: ['conversationId'] });
