import { AppError, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';

/** What may be uploaded, and the ending of its name in the store. None of these can run a script in a browser. */
export const acceptedTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
} as const;

export type AcceptedType = keyof typeof acceptedTypes;

/** Most bytes a file of each type may have. */
export type SizeLimits = Readonly<Record<AcceptedType, number>>;

export const uploadRequest = z.object({
  idempotencyKey: idempotencyKey(),
  contentType: z.enum(Object.keys(acceptedTypes) as [AcceptedType, ...AcceptedType[]], {
    error: `must be one of ${Object.keys(acceptedTypes).join(', ')}`,
  }),
  sizeBytes: z.number().int().min(1),
  fileName: line({ max: 255 }).nullish(),
});

/** Throws when a file of this type may not be that large. */
export function assertFits(request: z.output<typeof uploadRequest>, limits: SizeLimits): void {
  const limit = limits[request.contentType];
  if (request.sizeBytes <= limit) return;
  throw new AppError('INVALID_INPUT', `A file of type ${request.contentType} has at most ${limit} bytes.`, {
    path: ['sizeBytes'],
  });
}

/** What the bytes turned out to be. */
export interface Findings {
  readonly sizeBytes: number;
  /** By the bytes themselves, never by what anybody says they are; undefined when they are nothing known. */
  readonly contentType: string | undefined;
}

/** Why a file cannot be taken, or null. An animated PNG is a PNG to everybody who does not animate it. */
export function faultOf(found: Findings, declared: Findings): 'WRONG_SIZE' | 'WRONG_TYPE' | null {
  if (found.sizeBytes !== declared.sizeBytes) return 'WRONG_SIZE';
  const contentType = found.contentType === 'image/apng' ? 'image/png' : found.contentType;
  return contentType === declared.contentType ? null : 'WRONG_TYPE';
}

/** Where a file waits to be verified. Only upload forms write here, and nothing is served from here. */
export const quarantineKey = (mediaId: string): string => `quarantine/${mediaId}`;

/** Where verified content lives: equal content has one place, and a place never changes its content. */
export const contentKey = (sha256: string, contentType: string): string =>
  `media/${sha256.slice(0, 2)}/${sha256}.${acceptedTypes[contentType as AcceptedType]}`;
