/** How long before its start an event is remembered, in minutes; the longest first. */
export const reminderOffsets = [24 * 60, 60] as const;
