import { AppError, foldPlace } from '@diaspora/kit';

export interface Place {
  readonly countryCode: string;
  /** Absent for a whole country. */
  readonly city?: string;
}

/** Standing of the person who appoints, as the database has it now. */
export interface Appointer {
  readonly id: string;
  readonly isSuperUser: boolean;
  readonly offices: readonly { readonly role: string; readonly countryCode: string }[];
}

const isAmbassadorOf = (person: Appointer, countryCode: string) =>
  person.offices.some((office) => office.role === 'AMBASSADOR' && office.countryCode === countryCode);

/** Only strictly below one's rank and inside one's scope: super users over ambassadors, ambassadors over consuls. */
export function mayAppoint(appointer: Appointer, role: 'AMBASSADOR' | 'CONSUL', place: Place): boolean {
  if (appointer.isSuperUser) return true;
  return role === 'CONSUL' && isAmbassadorOf(appointer, place.countryCode);
}

/** Throws when the appointment is against the rules. */
export function assertMayAppoint(
  appointer: Appointer,
  appointment: { readonly role: 'AMBASSADOR' | 'CONSUL'; readonly holderId: string } & Place,
): void {
  if (!mayAppoint(appointer, appointment.role, appointment)) {
    throw new AppError('FORBIDDEN', 'You may not appoint to this office.');
  }
  if (appointer.id === appointment.holderId) throw new AppError('FORBIDDEN', 'Nobody appoints themselves.');
}

/** One spelling for each city; empty for a whole country. */
export const cityKeyOf = (city: string | undefined): string => (city ? foldPlace(city) : '');
