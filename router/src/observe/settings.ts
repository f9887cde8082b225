import { list, url } from '@diaspora/kit/core';
import { z } from 'zod';

/** Settings of what can be seen of the router, to be spread into its configuration. */
export const observeSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe('Where spans are sent by OTLP over HTTP; without it there are none'),
  TRACE_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of traces that are recorded, from 0 to 1'),
  EXPLAIN_ROLES: list()
    .default(['SUPER_USER'])
    .describe(
      'Roles whose requests may ask for an explanation with the header x-explain; `*` for everybody, anonymous too',
    ),
};
