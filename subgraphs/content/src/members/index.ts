export { createMemberHandlers, lockMember } from './projection.js';
