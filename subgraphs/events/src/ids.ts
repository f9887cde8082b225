import { idType } from '@diaspora/kit';

export const eventIds = idType('evt');
/** Holds are spoken of in messages only. */
export const placeHoldIds = idType('hld');
export const purchaseIds = idType('pur');
/** Questions are reached by their events only. */
export const questionIds = idType('rqn');
export const seriesIds = idType('evs');
/** The order of a purchase, in payments: the same key. */
export const orderIds = idType('ord');
export const refundIds = idType('rfd');
export const ticketTypeIds = idType('tty');
export const eventSeatIds = idType('set');
export const packetIds = idType('pkt');
export const inclusionIds = idType('inc');
export const voucherIds = idType('vch');
export const ticketIds = idType('tck');
export const transferIds = idType('trf');
/** Lines of a purchase are spoken of within it only. */
export const purchaseLineIds = idType('pli');
export const registrationIds = idType('reg');
/** Offices belong to users. */
export const officeIds = idType('ofc');
/** Files belong to content. */
export const mediaIds = idType('med');
/** Invitations to events are reached by these, and by whom they name. */
export const invitationIds = idType('inv');
/** Scans are reached by their events only. */
export const scanIds = idType('scn');
/** Turns on waitlists are reached by their events only. */
export const waitlistEntryIds = idType('wle');
export const calendarConnectionIds = idType('cal');
/** People belong to users; their keys are stored, their public ids spoken. */
export const userIds = idType('usr');
