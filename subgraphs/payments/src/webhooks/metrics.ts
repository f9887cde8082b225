import { Counter, type Registry } from 'prom-client';

/** What became of what providers told: of types that mean nothing here, there should be none. */
export const eventCounter = (registry: Registry | undefined): Counter<'provider' | 'outcome'> =>
  new Counter({
    name: 'provider_events_total',
    help: 'Events of payment providers that were worked on, by what became of them.',
    labelNames: ['provider', 'outcome'],
    registers: registry ? [registry] : [],
  });
