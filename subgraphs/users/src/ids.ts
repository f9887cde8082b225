import { idType } from '@diaspora/kit';

export const userIds = idType('usr');
export const sessionIds = idType('ses');
export const officeIds = idType('ofc');
