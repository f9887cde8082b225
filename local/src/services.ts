import { startContent } from '@diaspora/content';
import { loadContentConfig } from '@diaspora/content/config';
import { startEvents } from '@diaspora/events';
import { loadEventsConfig } from '@diaspora/events/config';
import { connectRedis, createStopStack, type Logger, type RunningSubgraph } from '@diaspora/kit';
import { startMessaging } from '@diaspora/messaging';
import { loadMessagingConfig } from '@diaspora/messaging/config';
import { startPayments } from '@diaspora/payments';
import { loadPaymentsConfig } from '@diaspora/payments/config';
import { createRouter, readConfig } from '@diaspora/router';
import { startSearch } from '@diaspora/search';
import { loadSearchConfig } from '@diaspora/search/config';
import { startUsers } from '@diaspora/users';
import { loadUsersConfig } from '@diaspora/users/config';
import type { Environment } from './environments.js';
import { subgraphNames, type SubgraphName } from './settings.js';

type Start = (env: Environment, log: Logger) => Promise<RunningSubgraph>;

const starters: Readonly<Record<SubgraphName, Start>> = {
  users: (env, log) => startUsers({ config: loadUsersConfig(env), log }),
  events: (env, log) => startEvents({ config: loadEventsConfig(env), log }),
  content: (env, log) => startContent({ config: loadContentConfig(env), log }),
  messaging: (env, log) => startMessaging({ config: loadMessagingConfig(env), log }),
  payments: (env, log) => startPayments({ config: loadPaymentsConfig(env), log }),
  search: (env, log) => startSearch({ config: loadSearchConfig(env), log }),
};

/** All six subgraphs, or some, and the router inside this process, each configured as if it ran alone. */
export async function startServices(
  environments: Readonly<Record<SubgraphName | 'router', Environment>>,
  log: Logger,
  names: readonly SubgraphName[] = subgraphNames,
): Promise<RunningSubgraph> {
  const stack = createStopStack();
  try {
    for (const name of names) {
      const subgraph = await starters[name](environments[name], log.child({ service: name }));
      stack.push(() => subgraph.stop());
    }
    const config = readConfig(environments.router);
    const routerLog = log.child({ service: 'router' });
    const redis = config.REDIS_URL && connectRedis({ url: config.REDIS_URL, log: routerLog, name: 'router' });
    if (redis) stack.push(() => redis.stop());
    const router = await createRouter({ config, ...(redis && { redis }), log: routerLog });
    stack.push(() => router.stop());
    return { url: router.url, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}
