export { localAt, resolveLocal, type ZonedTime } from '@diaspora/kit';

/** Reads `2026-03-01T19:00:00`, which the LocalDateTime scalar has checked, in whole seconds. */
export const parseLocal = (text: string): Date => new Date(`${text.slice(0, 19)}Z`);

export const formatLocal = (local: Date): string => local.toISOString().slice(0, 19);
