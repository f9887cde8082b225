import { idType } from '@diaspora/kit';

export const conversationIds = idType('cnv');
export const messageIds = idType('msg');
export const scheduledMessageIds = idType('smg');
export const inviteLinkIds = idType('gil');
export const joinRequestIds = idType('gjr');

/** Of rows that are no entities. */
export const reactionIds = idType('rct');
export const messageEditIds = idType('edt');

export const notificationIds = idType('ntf');
/** Devices, chats and deliveries are spoken of to whom they belong only. */
export const deviceIds = idType('dev');
export const chatWebhookIds = idType('cwh');
export const webhookIds = idType('whk');
export const webhookSecretIds = idType('whs');
/** Of an event: what partners know it by, in each repetition. */
export const webhookEventIds = idType('whe');
export const webhookDeliveryIds = idType('whd');
export const webhookReplayIds = idType('whr');
export const deliveryIds = idType('dlv');
/** Attempts are spoken of to users only, as mails. */
export const attemptIds = idType('dla');
export const liveLocationIds = idType('loc');

/** Entities of others; only their keys are kept here. */
export const userIds = idType('usr');
export const sessionIds = idType('ses');
export const officeIds = idType('ofc');
export const postIds = idType('pst');
export const commentIds = idType('cmt');
export const mediaIds = idType('med');
export const eventIds = idType('evt');
export const seriesIds = idType('evs');
export const subscriptionIds = idType('sub');
export const registrationIds = idType('reg');
export const ticketIds = idType('tck');
export const orderIds = idType('ord');
export const invoiceIds = idType('inv');
