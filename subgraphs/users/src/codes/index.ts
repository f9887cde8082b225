export { createCodes, wrongCode, type Code, type CodePurpose, type Codes } from './codes.js';
