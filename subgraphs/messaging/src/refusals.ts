import { AppError } from '@diaspora/kit';

/** The same for a conversation that is not there and for one of others. */
export const noSuchConversation = () =>
  new AppError('NOT_FOUND', 'There is no such conversation.', { path: ['conversationId'] });

/** The same for a message that is not there and for one that the person does not see. */
export const noSuchMessage = () =>
  new AppError('NOT_FOUND', 'There is no such message.', { path: ['messageId'] });
