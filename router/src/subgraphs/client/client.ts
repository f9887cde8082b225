import type { Fault } from '../steps/call.js';

/** Where a subgraph answers. */
export interface Target {
  readonly name: string;
  readonly url: string;
}

/** An HTTP answer before anybody looked into its body. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly retryAfter?: string | undefined;
  /** Only good until the receiver returns: its memory is used again for the next read. */
  readonly body: Buffer;
}

export type Received =
  { readonly raw: RawAnswer; readonly fault?: never } | { readonly raw?: never; readonly fault: Fault };

export interface RawReceiver {
  receive(received: Received): void;
}

/** HTTP to one subgraph. */
export interface Client {
  /**
   * POSTs a JSON body. `headers` are lines as HTTP/1.1 writes them, each with its line break, without host, length and
   * content type. The receiver is told once, after this has returned, unless it is cancelled; cancelling frees the
   * connection, and does nothing after the end.
   */
  send(headers: string, body: string, receiver: RawReceiver): { cancel(): void };
  /** Idle connections go now, busy ones with their answer. What is sent afterwards gets a connection of its own. */
  stop(): void;
}

export interface ClientOptions {
  readonly url: URL;
  readonly maxConnections: number;
  /** Longer answers are cut off while they arrive. */
  readonly maxBytes: number;
  /** What the subgraph may compress with. */
  readonly compression: 'none' | 'gzip' | 'br';
  /** Certificates of the authorities to trust instead of the usual ones, in PEM. */
  readonly ca?: string | undefined;
}

export type CreateClient = (options: ClientOptions) => Client;
