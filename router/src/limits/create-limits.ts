import { clientAddress } from '@diaspora/kit/core';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@diaspora/kit/core';
import type { Caller } from '../access/caller.js';
import type { RequestContext } from '../context.js';
import type { Operation } from '../operations/operation.js';
import { createLimitCost } from './cost/limit-cost.js';
import type { LimitObserver } from './observe.js';
import type { RateStore } from './rate/create-limiter.js';
import { createRateLimits, noHeaders, type Charged, type RateHeaders } from './rate/rate-limits.js';
import type { LimitSettings } from './settings.js';

/** Limits of requests, beside those of documents, which are validation rules. */
export interface Limits {
  /**
   * Once it is known who asks: whom the request is charged to, undefined when rates are not limited. Throws
   * RequestRefused 429, without any I/O, for who was refused a moment ago.
   */
  admit(request: Pick<IncomingMessage, 'headers' | 'socket'>, caller: Caller): Charged | undefined;
  /**
   * Once the variables are coerced. Throws or rejects with RequestRefused: 400 for what is too dear or asks for too long
   * a list, 429 for who has spent too much. Headers for the answer.
   */
  spend(charged: Charged | undefined, asked: Asked): RateHeaders | Promise<RateHeaders>;
  /** For a request that came to no operation: one point, in the background. */
  forfeit(charged: Charged | undefined, context: WithLog): void;
}

export interface Asked {
  readonly operation: Pick<Operation, 'name' | 'cost'>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: WithLog;
}

/** Its log is made only when it is wanted. */
type WithLog = Pick<RequestContext, 'log'>;

export interface LimitParts {
  readonly settings: LimitSettings;
  readonly store: RateStore;
  /** Whether there are API keys, which may bring limits of their own. */
  readonly hasPartners: boolean;
  readonly observe: LimitObserver;
  readonly clock: Clock;
}

/** Whether operations have to know their cost. */
export const needsCosts = (settings: LimitSettings, hasPartners: boolean): boolean =>
  settings.MAX_COST.mode !== 'off' ||
  settings.MAX_LIST_SIZE.mode !== 'off' ||
  hasPartners ||
  settings.RATE_LIMIT_USER !== undefined ||
  settings.RATE_LIMIT_ADDRESS !== undefined ||
  Object.keys({ ...settings.RATE_LIMIT_CLIENT, ...settings.RATE_LIMIT_OPERATION }).length > 0;

export function createLimits(parts: LimitParts): Limits {
  const { settings, observe } = parts;
  const rates = createRateLimits(parts);
  const limitCost = createLimitCost({ settings, observe });
  return {
    admit(request, caller) {
      if (rates === undefined) return undefined;
      const charged = { caller, address: clientAddress(request, settings.TRUSTED_PROXIES) };
      rates.admit(charged);
      return charged;
    },
    spend(charged, { operation, variables, context }) {
      const cost = operation.cost ? limitCost(operation.cost, variables, context) : 1;
      if (rates === undefined || charged === undefined) return noHeaders;
      return rates.charge(charged, operation.name, cost, context);
    },
    forfeit(charged, context) {
      if (charged !== undefined) rates?.charge(charged, undefined, 1, context).catch(() => undefined);
    },
  };
}
