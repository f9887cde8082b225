import { idType } from '@diaspora/kit';

export const eventIds = idType('evt');
export const registrationIds = idType('reg');
/** People belong to users; their keys are stored, their public ids spoken. */
export const userIds = idType('usr');
