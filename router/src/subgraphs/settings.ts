import { flag, list } from '@diaspora/kit/core';
import { z } from 'zod';

const whole = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);
const percent = (fallback: number) => z.coerce.number().min(0).max(100).default(fallback);

/** `search=3000,payments=20000` */
const timeouts = () =>
  list().transform((pairs, context) => {
    const byName: Record<string, number> = {};
    for (const pair of pairs) {
      const [, name, ms] = /^([\w-]+)=([1-9]\d{0,8})$/.exec(pair) ?? [];
      if (name) byName[name] = Number(ms);
      else context.addIssue({ code: 'custom', message: `"${pair}" must look like search=3000` });
    }
    return byName;
  });

/** Settings of sending requests to subgraphs, to be spread into the router's. */
export const subgraphSettings = {
  SUBGRAPH_TIMEOUT_MS: whole(1, 10_000).describe('Until an answer counts as lost, in all its attempts'),
  SUBGRAPH_TIMEOUTS_MS: timeouts()
    .default({})
    .describe('search=3000,payments=20000: another time for some subgraphs'),
  SUBGRAPH_CONNECTIONS: whole(1, 128).describe('Most connections to one subgraph'),
  SUBGRAPH_CLIENT: z
    .enum(['sockets', 'undici'])
    .default('sockets')
    .describe('Who speaks HTTP to subgraphs: our own client over sockets, or undici'),
  SUBGRAPH_COMPRESSION: z
    .enum(['none', 'gzip', 'br'])
    .default('none')
    .describe('What subgraphs may compress with; worth it only where they are far away'),
  MAX_SUBGRAPH_ANSWER_BYTES: whole(1_000, 20_000_000).describe('Size of an answer, decompressed'),
  RETRY_ATTEMPTS: whole(0, 2).describe('Of one query, after the first attempt'),
  RETRY_BUDGET_PERCENT: percent(10).describe('Retries may add this much to the requests of a subgraph'),
  BREAKER_FAILURE_PERCENT: percent(50).describe('Failures among the calls of the window that open a breaker'),
  BREAKER_WINDOW_MS: whole(100, 10_000).describe('How far back a breaker looks'),
  BREAKER_LEAST_CALLS: whole(1, 20).describe('Calls in the window below which a breaker stays closed'),
  BREAKER_OPEN_MS: whole(1, 5_000).describe('How long a breaker stays open before it lets probes through'),
  HEDGE: flag()
    .default(true)
    .describe('Ask again when an answer is later than most, and take what comes first'),
  HEDGE_BUDGET_PERCENT: percent(5).describe('Hedged requests may add this much to the queries of a subgraph'),
  DEDUPE_SUBGRAPH_REQUESTS: flag()
    .default(true)
    .describe('Send equal queries of one identity that are in flight together once'),
};

export type SubgraphSettings = z.output<z.ZodObject<typeof subgraphSettings>>;
