import type { ApolloServerPlugin } from '@apollo/server';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Durations and error codes of GraphQL operations, by operation type. Units: seconds. */
export function operationMetrics(registry: Registry): ApolloServerPlugin {
  const duration = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'Time from request to response.',
    labelNames: ['type'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const errors = new Counter({
    name: 'graphql_errors_total',
    help: 'Errors in responses, by code.',
    labelNames: ['code'],
    registers: [registry],
  });
  return {
    requestDidStart: async () => {
      const stop = duration.startTimer();
      return {
        willSendResponse: async ({ operation, response }) => {
          stop({ type: operation?.operation ?? 'unknown' });
          if (response.body.kind !== 'single') return;
          for (const { extensions } of response.body.singleResult.errors ?? []) {
            errors.inc({ code: typeof extensions?.['code'] === 'string' ? extensions['code'] : 'UNKNOWN' });
          }
        },
      };
    },
  };
}
