import type { Event, Registration } from './__generated__/prisma/client.js';
import type { ZonedTime } from './time/index.js';

export type EventModel = Event;
export type RegistrationModel = Registration;
export type ZonedTimeModel = ZonedTime;

/** A person of the users subgraph, by public id. */
export interface UserModel {
  readonly id: string;
}
