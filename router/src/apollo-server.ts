import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { Logger } from '@diaspora/kit';
import type { RouterConfig } from './config.js';
import type { RequestContext } from './context.js';
import { maskPlugin } from './errors/mask-plugin.js';
import { maskError } from './errors/mask.js';
import type { Execution } from './execution.js';
import { statusPlugin } from './http/status-plugin.js';
import { finiteNumbers } from './limits/finite-numbers.js';
import { limitRules } from './limits/limit-rules.js';
import { requestPlugin } from './limits/request-plugin.js';
import { metricsPlugin } from './observe/metrics-plugin.js';
import type { RouterMetrics } from './observe/metrics.js';

export interface ApolloServerParts {
  readonly config: RouterConfig;
  readonly execution: Execution;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
}

/** Parsing, validation with our limits, execution, and the form of the answer. */
export function createApolloServer({
  config,
  execution,
  metrics,
  log,
}: ApolloServerParts): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    gateway: execution,
    logger: log,
    introspection: config.INTROSPECTION,
    // "Did you mean ..." gives away what introspection hides.
    hideSchemaDetailsFromClientErrors: !config.INTROSPECTION,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.MAX_TOKENS },
    validationRules: [
      finiteNumbers,
      ...limitRules({
        documentBytes: config.MAX_DOCUMENT_BYTES,
        depth: config.MAX_DEPTH,
        aliases: config.MAX_ALIASES,
        rootFields: config.MAX_ROOT_FIELDS,
      }),
    ],
    formatError: (formatted) => maskError(formatted),
    // In this order: refuse, then shape the answer, then measure what is sent.
    plugins: [landingPage(config), requestPlugin(), maskPlugin(), statusPlugin(), metricsPlugin(metrics)],
  });
}

const landingPage = ({ LANDING }: RouterConfig): ApolloServerPlugin<RequestContext> =>
  LANDING === 'sandbox'
    ? ApolloServerPluginLandingPageLocalDefault({ embed: true })
    : ApolloServerPluginLandingPageDisabled();
