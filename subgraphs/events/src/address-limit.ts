import { AppError, clientAddress } from '@diaspora/kit';
import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Keeps one address from having more than so many requests a minute, in this process: what is open to everybody does not
 * pass the limits of the router. Throws RATE_LIMITED before any work is done.
 */
export function limitAddresses(perMinute: number, trustedProxies: number): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (request, _response, next) => {
    await limiter.consume(clientAddress(request, trustedProxies)).catch((error: unknown) => {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.ceil(error.msBeforeNext / 1_000);
      throw new AppError('RATE_LIMITED', 'Too many requests from this address.', { retryAfterSeconds });
    });
    next();
  };
}
