import { AppError, text } from '@diaspora/kit';
import { z } from 'zod';
import type { PlatformSettings } from '../__generated__/prisma/client.js';

const between = (least: number, most: number, what: string) => {
  const message = `${what}: ${least} to ${most}.`;
  return z.number().int().min(least, message).max(most, message);
};

export const settingsChanges = z.object({
  isRegistrationOpen: z.boolean().nullish(),
  maintenanceNotice: text({ max: 2_000 }).nullable().optional(),
  minimumAge: between(13, 21, 'The minimum age').nullable().optional(),
  consulEventsPerYear: between(1, 52, 'Events a year').nullish(),
  auditYears: between(1, 30, 'Years of the audit trail').nullish(),
});

/** The settings that follow. Absent keeps; null clears what can be without a value, and keeps the rest. */
export function settingsAfter(
  before: PlatformSettings,
  changes: z.output<typeof settingsChanges>,
): Pick<PlatformSettings, keyof z.output<typeof settingsChanges>> {
  const { maintenanceNotice = before.maintenanceNotice, minimumAge = before.minimumAge } = changes;
  return {
    isRegistrationOpen: changes.isRegistrationOpen ?? before.isRegistrationOpen,
    maintenanceNotice,
    minimumAge,
    consulEventsPerYear: changes.consulEventsPerYear ?? before.consulEventsPerYear,
    auditYears: changes.auditYears ?? before.auditYears,
  };
}

/** Asked by every way to a new account. */
export function assertMayRegister(
  { isRegistrationOpen, minimumAge }: Pick<PlatformSettings, 'isRegistrationOpen' | 'minimumAge'>,
  { isOfMinimumAge }: { isOfMinimumAge?: boolean | null | undefined },
): void {
  if (!isRegistrationOpen)
    throw new AppError('REGISTRATION_CLOSED', 'New accounts are not taken at present.');
  if (minimumAge !== null && !isOfMinimumAge)
    throw new AppError('INVALID_INPUT', `Members are at least ${minimumAge} years old: please confirm it.`, {
      path: ['isOfMinimumAge'],
    });
}
