import { randomUUID } from 'node:crypto';
import type { Answer } from '../../testing/local-server.js';

export const unique = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

export const fault = (status: number, type: string, message: string, more: object = {}): Answer => ({
  status,
  body: { error: { type, message, ...more } },
});
