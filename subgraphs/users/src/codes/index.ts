export { createCodes, wrongCode, type Code, type Codes } from './codes.js';
