import { dayMs, type JobStatus } from '@diaspora/kit';
import { z } from 'zod';
import type { DataExport, DataExportPart, Erasure, ErasurePart } from '../__generated__/prisma/client.js';
import { sources } from '../sources.js';

export type DataExportWithParts = DataExport & { readonly parts: readonly DataExportPart[] };
export type ErasureWithParts = Erasure & { readonly parts: readonly ErasurePart[] };
export type Part = Pick<ErasurePart, 'subgraph' | 'completedAt' | 'counts'>;

export const passwordInput = z.object({ password: z.string().min(1).max(1_000) });

/** Each is the work of six subgraphs. */
export const exportsPerDay = 2;
/** How long a request stays on record after its archive went. */
export const exportRecordMs = 90 * dayMs;
/** How long a link is good: long enough to click on it. */
export const linkSeconds = 300;
/** How long before its beginning an erasure is called to mind. */
export const reminderMs = 3 * dayMs;
/** After which a refused beginning is tried again, and a silent subgraph asked again. */
export const againMs = dayMs;

export function exportStatus({ cancelledAt, completedAt, expiresAt }: DataExport, now: Date): JobStatus {
  if (cancelledAt) return 'CANCELLED';
  if (completedAt) return 'SUCCEEDED';
  return expiresAt <= now ? 'FAILED' : 'RUNNING';
}

export function erasureStatus({ cancelledAt, completedAt, begunAt }: Erasure): JobStatus {
  if (cancelledAt) return 'CANCELLED';
  if (completedAt) return 'SUCCEEDED';
  return begunAt ? 'RUNNING' : 'QUEUED';
}

/** Whether there is an archive to fetch. */
export const isReady = (request: DataExport, now: Date): boolean =>
  exportStatus(request, now) === 'SUCCEEDED' && request.expiresAt > now;

/** Of all subgraphs, whether they have answered or not. */
export const allParts = (parts: readonly Part[]) =>
  sources.map((subgraph) => {
    const part = parts.find((each) => each.subgraph === subgraph);
    const counts = Object.entries((part?.counts ?? {}) as Record<string, number>);
    return {
      subgraph,
      completedAt: part?.completedAt ?? null,
      counts: counts.map(([name, count]) => ({ name, count })),
    };
  });

export const isComplete = (parts: readonly Pick<Part, 'subgraph'>[]): boolean =>
  sources.every((source) => parts.some(({ subgraph }) => subgraph === source));

/** Where an export lies in the private store: a folder that nobody can guess and that goes as a whole. */
export const folderOf = (exportId: string): string => `data-exports/${exportId}/`;
export const partsFolderOf = (exportId: string): string => `${folderOf(exportId)}parts/`;
export const archiveOf = (exportId: string): string => `${folderOf(exportId)}archive.zip`;
