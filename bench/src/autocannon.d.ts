/** The part of autocannon that is used here; it comes without types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface Request {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    setupRequest?: (request: Request) => Request;
    onResponse?: (status: number, body: string) => void;
  }

  interface Options {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Seconds until an answer counts as lost. */
    timeout?: number;
    /** Milliseconds between looks at the clock, its end among them. */
    sampleInt?: number;
    requests: Request[];
  }

  interface Result {
    /** Connection errors and timeouts. */
    errors: number;
    /** Seconds. */
    duration: number;
  }

  type Instance = EventEmitter<{
    response: [client: unknown, status: number, bytes: number, milliseconds: number];
  }> & {
    stop(): void;
  };

  export default function autocannon(
    options: Options,
    done: (error: Error | null, result: Result) => void,
  ): Instance;
}
