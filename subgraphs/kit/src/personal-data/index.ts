export { inPages, type Archive } from './archive.js';
export type { PersonalDataDecision, PersonalDataDecisions } from './decisions.js';
export { personalDataAnswers, personalDataRequests, type PersonalDataAnswers } from './messages.js';
export {
  createPersonalData,
  erasePersonalData,
  exportPersonalData,
  messagesLiveMs,
  type PersonalData,
  type PersonalDataParts,
} from './personal-data.js';
