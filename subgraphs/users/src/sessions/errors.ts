import { AppError } from '@diaspora/kit';

export const sessionEnded = () => new AppError('SESSION_ENDED', 'This session has ended. Sign in again.');
