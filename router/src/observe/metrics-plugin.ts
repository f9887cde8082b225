import type { ApolloServerPlugin } from '@apollo/server';
import type { RouterMetrics } from './metrics.js';

/** Durations of operations and codes of errors, as the client sees them. Goes last: it reads the final answer. */
export const metricsPlugin = (metrics: RouterMetrics): ApolloServerPlugin => ({
  requestDidStart: async () => {
    const started = performance.now();
    return {
      willSendResponse: async ({ operation, operationName, response }) => {
        const seconds = (performance.now() - started) / 1_000;
        metrics.operation({
          label: metrics.labelOf(operationName ?? null),
          type: operation?.operation ?? 'unknown',
          seconds,
        });
        if (response.body.kind !== 'single') return;
        for (const { extensions } of response.body.singleResult.errors ?? []) {
          metrics.error(typeof extensions?.['code'] === 'string' ? extensions['code'] : 'UNKNOWN');
        }
      },
    };
  },
});
