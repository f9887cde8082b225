import { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import type { Logger } from '@diaspora/kit';
import type { RequestContext } from './context.js';
import type { SendRequest } from './subgraphs/send-request.js';

/** What Apollo Server wants of whoever executes operations. */
export type Execution = ApolloServerOptionsWithGateway<BaseContext>['gateway'];

export interface Supergraph {
  /** The composed schema, and a way to hear of the next one. */
  readonly sdl: string;
  readonly onChange?: (listener: (sdl: string) => void) => () => void;
}

export interface ExecutionOptions {
  readonly supergraph: Supergraph;
  /** Given a subgraph and the routing URL of the supergraph. */
  readonly connect: (subgraph: { name: string; url: string }) => SendRequest;
  readonly log: Logger;
}

/**
 * Plans and executes operations over the subgraphs. The only file that knows who does it: everything around it
 * sees a supergraph going in, `SendRequest` going out and the gateway interface of Apollo Server.
 */
export function createExecution({ supergraph, connect, log }: ExecutionOptions): Execution {
  // The gateway reports usage to its maker unless the environment says otherwise; it has no option for it.
  // eslint-disable-next-line no-restricted-syntax
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  return new ApolloGateway({
    logger: quieter(log),
    // Any client could otherwise ask for query plans, and with them the names and shapes of subgraphs.
    __exposeQueryPlanExperimental: false,
    supergraphSdl: async ({ update }) => {
      const unsubscribe = supergraph.onChange?.(update);
      return { supergraphSdl: supergraph.sdl, cleanup: async () => unsubscribe?.() };
    },
    buildService: ({ name, url }) => {
      const send = connect({ name, url: url ?? '' });
      return {
        process: async ({ request, context }) =>
          send(
            {
              query: request.query ?? '',
              variables: request.variables,
              operationName: request.operationName,
            },
            context as RequestContext,
          ),
      };
    },
  });
}

/** What the gateway calls information is detail here. */
const quieter = (log: Logger) => ({
  debug: (message?: unknown) => log.trace(String(message)),
  info: (message?: unknown) => log.debug(String(message)),
  warn: (message?: unknown) => log.warn(String(message)),
  error: (message?: unknown) => log.error(String(message)),
});
