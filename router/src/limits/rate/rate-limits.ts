import { systemClock, type Clock } from '@diaspora/kit/core';
import type { Caller } from '../../access/caller.js';
import { createLru } from '../../access/lru.js';
import { RequestRefused } from '../../access/refused.js';
import type { RequestContext } from '../../context.js';
import { silentObserver, type LimitObserver } from '../observe.js';
import type { LimitSettings, Rate } from '../settings.js';
import { createLimiter, type Consumed, type Limiter, type RateStore } from './create-limiter.js';

/** Who is charged. */
export interface Charged {
  readonly caller: Pick<Caller, 'viewer' | 'partner' | 'client'>;
  /** Of the client: see `clientAddress`. */
  readonly address: string;
}

export interface RateLimits {
  /** No I/O: refuses who was refused a moment ago, so that a flood costs next to nothing. Throws RequestRefused 429. */
  admit(charged: Charged): void;
  /**
   * Takes `cost` points (1 at least). Resolves with headers for the answer; rejects with RequestRefused 429 and
   * Retry-After. Call it once for each request: with the estimated cost, or with 1 when it came to no operation.
   */
  charge(
    charged: Charged,
    operationName: string | undefined,
    cost: number,
    context: Pick<RequestContext, 'log'>,
  ): Promise<RateHeaders>;
}

/** https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-06.html, of the limit nearest to its end. */
export type RateHeaders = Readonly<Record<string, string>>;

export interface RateLimitParts {
  readonly settings: Pick<
    LimitSettings,
    'RATE_LIMIT_USER' | 'RATE_LIMIT_ADDRESS' | 'RATE_LIMIT_CLIENT' | 'RATE_LIMIT_OPERATION'
  >;
  readonly store: RateStore;
  /** Whether keys of partners may bring limits of their own. */
  readonly hasPartners: boolean;
  readonly observe?: Pick<LimitObserver, 'exceeded'>;
  readonly clock?: Clock;
}

/** One counter that a request is charged to. */
interface Account {
  readonly limit: string;
  readonly rate: Rate;
  readonly key: string;
}

/** Callers refused lately that are remembered. */
const mostRefused = 10_000;

/** Limits by user (or partner), address, class of clients, and operation of a caller. Undefined when none is set. */
export function createRateLimits(parts: RateLimitParts): RateLimits | undefined {
  const { settings, store, hasPartners, observe = silentObserver, clock = systemClock } = parts;
  const { RATE_LIMIT_USER: user, RATE_LIMIT_ADDRESS: address } = settings;
  const byClass = new Map(Object.entries(settings.RATE_LIMIT_CLIENT));
  const byOperation = new Map(Object.entries(settings.RATE_LIMIT_OPERATION));
  if (!user && !address && byClass.size + byOperation.size === 0 && !hasPartners) return undefined;

  const limiters = new Map<string, Limiter>();
  const refusedUntil = createLru<number>({ most: mostRefused });

  const limiterOf = ({ limit, rate }: Account): Limiter => {
    const name = `${limit}:${rate.points}/${rate.seconds}`;
    const limiter = limiters.get(name) ?? createLimiter(name, rate, store);
    limiters.set(name, limiter);
    return limiter;
  };

  const accountsOf = ({ caller, address: from }: Charged, operationName?: string): Account[] => {
    const who = caller.partner ? `partner ${caller.partner.id}` : caller.viewer?.id;
    const own = caller.partner?.rateLimit;
    const userRate: Rate | undefined = own ? { ...own, mode: 'enforce' } : user;
    const classRate = byClass.get(caller.client.class);
    const operationRate = operationName === undefined ? undefined : byOperation.get(operationName);
    const accounts: Account[] = [];
    if (userRate && who !== undefined) accounts.push({ limit: 'user', rate: userRate, key: who });
    if (address) accounts.push({ limit: 'address', rate: address, key: from });
    if (classRate) accounts.push({ limit: 'client', rate: classRate, key: caller.client.class });
    if (operationRate) {
      accounts.push({ limit: `operation:${operationName}`, rate: operationRate, key: who ?? from });
    }
    return accounts;
  };

  return {
    admit(charged) {
      if (refusedUntil.weight() === 0) return;
      const now = clock.now().getTime();
      for (const account of accountsOf(charged)) {
        const until = refusedUntil.get(nameOf(account)) ?? 0;
        if (until > now) throw refusal(account, until - now);
      }
    },
    async charge(charged, operationName, cost, context) {
      const accounts = accountsOf(charged, operationName);
      if (accounts.length === 0) return noHeaders;
      const points = Math.max(1, Math.ceil(cost));
      const consumed = await Promise.all(
        accounts.map(async (account) => ({ account, ...(await limiterOf(account)(account.key, points)) })),
      );
      for (const { account, isOver, msToReset } of consumed) {
        if (!isOver) continue;
        const { limit, rate } = account;
        observe.exceeded(`rate:${limit}`, rate.mode === 'measure' ? 'measure' : 'enforce');
        if (rate.mode === 'measure')
          context.log.info({ limit, cost }, 'over a rate limit that is only measured');
        else {
          refusedUntil.set(nameOf(account), clock.now().getTime() + msToReset);
          throw refusal(account, msToReset);
        }
      }
      return headersOf(consumed.filter(({ account }) => account.rate.mode === 'enforce'));
    },
  };
}

export const noHeaders: RateHeaders = Object.freeze({});

const nameOf = ({ limit, key }: Account): string => `${limit} ${key}`;

const seconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));

function refusal({ limit, rate }: Account, msToReset: number): RequestRefused {
  const [kind] = limit.split(':');
  return new RequestRefused({
    status: 429,
    code: 'RATE_LIMITED',
    message: 'Too much was asked for in a short time; try again later.',
    extensions: { limit: kind, retryAfterSeconds: Number(seconds(msToReset)) },
    headers: { 'retry-after': seconds(msToReset), ...headersFor(rate, 0, msToReset) },
  });
}

function headersOf(consumed: readonly (Consumed & { account: Account })[]): RateHeaders {
  let nearest: (Consumed & { account: Account }) | undefined;
  const share = ({ remaining, account }: Consumed & { account: Account }) => remaining / account.rate.points;
  for (const one of consumed) if (!nearest || share(one) < share(nearest)) nearest = one;
  return nearest ? headersFor(nearest.account.rate, nearest.remaining, nearest.msToReset) : {};
}

const headersFor = ({ points }: Rate, remaining: number, msToReset: number): RateHeaders => ({
  'ratelimit-limit': String(points),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': seconds(msToReset),
});
