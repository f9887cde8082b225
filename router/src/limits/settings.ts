import { list } from '@diaspora/kit/core';
import { z } from 'zod';
import type { Mode } from './mode.js';
import { parseRate, type Allowance } from './rate/parse-rate.js';

export interface Limit {
  readonly most: number;
  readonly mode: Mode;
}

export interface Rate extends Allowance {
  readonly mode: Mode;
}

const fault = 'must look like 15, 15:measure or off';

/** `15` is enforced, `15:measure` only measured, `off` neither. */
const limit = (fallback: number) =>
  z
    .string()
    .regex(/^([1-9]\d{0,14}(:(measure|enforce))?|off)$/, fault)
    .transform((text) => parseLimit(text))
    .default({ most: fallback, mode: 'enforce' });

function parseLimit(text: string): Limit {
  if (text === 'off') return { most: Infinity, mode: 'off' };
  const [most, mode = 'enforce'] = text.split(':');
  return { most: Number(most), mode: mode as Mode };
}

const off: Limit = { most: Infinity, mode: 'off' };

function parseRateSetting(text: string): Rate | undefined {
  const [, rate = '', mode = 'enforce'] = /^(.*?)(?::(measure|enforce))?$/.exec(text) ?? [];
  const allowance = parseRate(rate);
  return allowance && { ...allowance, mode: mode as Mode };
}

/** `10000/60s` is enforced, `10000/60s:measure` only measured. */
const rate = () =>
  z.string().transform((text, context) => {
    const parsed = parseRateSetting(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: 'must look like 10000/60s or 10000/60s:measure' });
    return z.NEVER;
  });

/** `partner=10000/60s,anonymous=500/60s:measure` */
const ratesByName = () =>
  list().transform((pairs, context): Readonly<Record<string, Rate>> => {
    const rates: Record<string, Rate> = {};
    for (const pair of pairs) {
      const [, name, text] = /^(\w+)=(.+)$/.exec(pair) ?? [];
      const parsed = text === undefined ? undefined : parseRateSetting(text);
      if (name !== undefined && parsed) rates[name] = parsed;
      else context.addIssue({ code: 'custom', message: `"${pair}" must look like name=10000/60s` });
    }
    return rates;
  });

const whole = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);

/** Settings of how much one request, and one caller, may ask for; to be spread into the router's. */
export const limitSettings = {
  MAX_TOKENS: whole(1, 5_000).describe('Tokens of a document'),
  MAX_DOCUMENT_BYTES: limit(100_000).describe('Bytes of a document'),
  MAX_DEPTH: limit(15).describe('Levels of nested fields'),
  MAX_HEIGHT: limit(1_000).describe('Fields of different names, summed over all selections'),
  MAX_ALIASES: limit(30).describe('Aliased fields'),
  MAX_ROOT_FIELDS: limit(20).describe('Fields of Query, Mutation or Subscription itself'),
  MAX_DIRECTIVES: limit(100).describe('Directives in a document'),
  MAX_LIST_SIZE: limit(1_000).describe(
    'What an argument such as `first` may ask for, where @listSize names it',
  ),
  MAX_COST: limit(0).default(off).describe('Estimated cost of an operation by @cost and @listSize'),
  COST_LIST_SIZE: whole(0, 20).describe('Items that a list without @listSize is taken to have'),
  RATE_LIMIT_USER: rate().optional().describe('Points (estimated cost) for each user or partner'),
  RATE_LIMIT_ADDRESS: rate().optional().describe('Points for each address'),
  RATE_LIMIT_CLIENT: ratesByName().default({}).describe('Points for all clients of one class together'),
  RATE_LIMIT_OPERATION: ratesByName().default({}).describe('Points for each caller in the operations named'),
  RATE_LIMIT_TIERS: ratesByName()
    .default({
      BASIC: { points: 1_000, seconds: 60, mode: 'enforce' },
      STANDARD: { points: 10_000, seconds: 60, mode: 'enforce' },
      HIGH: { points: 100_000, seconds: 60, mode: 'enforce' },
    })
    .describe('Points for each partner, by the tier of the key that the users service keeps'),
  RATE_LIMIT_STORE: z.enum(['memory', 'redis']).default('memory').describe('Where points are counted'),
  TRUSTED_PROXIES: whole(0, 0).describe('Proxies in front of the router whose X-Forwarded-For entry counts'),
};

export type LimitSettings = z.output<z.ZodObject<typeof limitSettings>>;
