export { createMemberHandlers, ensureMembers, lockMember } from './projection.js';
