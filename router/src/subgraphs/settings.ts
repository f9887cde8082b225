import { flag, list } from '@diaspora/kit';
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
  /** Until an answer counts as lost, in all its attempts. */
  SUBGRAPH_TIMEOUT_MS: whole(1, 10_000),
  /** For some subgraphs another time. */
  SUBGRAPH_TIMEOUTS_MS: timeouts().default({}),
  /** Most connections to one subgraph. */
  SUBGRAPH_CONNECTIONS: whole(1, 128),
  SUBGRAPH_CLIENT: z.enum(['sockets', 'undici']).default('sockets'),
  /** What subgraphs may compress with. Worth it only where they are far away. */
  SUBGRAPH_COMPRESSION: z.enum(['none', 'gzip', 'br']).default('none'),
  MAX_SUBGRAPH_ANSWER_BYTES: whole(1_000, 20_000_000),
  /** Of one query, after the first attempt. */
  RETRY_ATTEMPTS: whole(0, 2),
  /** Retries may add this much to the requests of a subgraph. */
  RETRY_BUDGET_PERCENT: percent(10),
  /** Failures among the calls of the window that open a breaker. 100 and more calls than that never come: off. */
  BREAKER_FAILURE_PERCENT: percent(50),
  BREAKER_WINDOW_MS: whole(100, 10_000),
  BREAKER_LEAST_CALLS: whole(1, 20),
  /** How long a breaker stays open before it lets probes through. */
  BREAKER_OPEN_MS: whole(1, 5_000),
  HEDGE: flag().default(true),
  /** Hedged requests may add this much to the queries of a subgraph. */
  HEDGE_BUDGET_PERCENT: percent(5),
  DEDUPE_SUBGRAPH_REQUESTS: flag().default(true),
};

export type SubgraphSettings = z.output<z.ZodObject<typeof subgraphSettings>>;
