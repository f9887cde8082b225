/** In milliseconds. */
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** A timer that is to wait longer goes off at once. */
export const longestTimerMs = 2 ** 31 - 1;
