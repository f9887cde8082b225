/** A text as LIKE takes it for itself: its wildcards are escaped. */
export const likeLiteral = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** A pattern for LIKE: whatever contains the text. */
export const likeContaining = (text: string): string => `%${likeLiteral(text)}%`;
