export { createForwardedMails } from './forwarding.js';
