export { createLetterKeys, type LetterKeys } from './letter-keys.js';
export { createCodes, wrongCode, type Code, type Codes } from './codes.js';
