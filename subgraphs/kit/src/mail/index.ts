export { mailConfigShape } from './config.js';
export type { MailConfig } from './config.js';
export { createMailer, MailNotTaken } from './mailer.js';
export type { Mail, MailAttachment, Mailer } from './mailer.js';
export { mailRequests } from './messages.js';
