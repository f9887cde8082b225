import { AppError } from '@diaspora/kit';

export const numberTakesNoTexts = () =>
  new AppError('INVALID_INPUT', 'This number cannot take text messages.');

export const textsCannotLeave = () =>
  new AppError('UNAVAILABLE', 'Text messages cannot be sent right now. Try again later.');

export const textsAreNotSetUp = () => new AppError('UNAVAILABLE', 'Text messages are not set up here.');
