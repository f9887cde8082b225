export { textingConfigShape, textingFaults } from './config.js';
export { createTexting, type TextMessage, type Texting } from './texting.js';
