import { AppError, idType, type IdType } from '@diaspora/kit';

export const eventIds = idType('evt');
export const registrationIds = idType('reg');
/** People belong to users; their keys are stored, their public ids spoken. */
export const userIds = idType('usr');

/** The key of a public id in a reference from another subgraph; null when it is malformed or of another kind. */
export function keyOrNull(type: IdType, id: string): string | null {
  try {
    return type.decode(id);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
