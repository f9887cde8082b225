export interface Refusal {
  /** Of HTTP. Over sockets and in event streams only the error counts. */
  readonly status: number;
  readonly code: string;
  /** Shown to the client. */
  readonly message: string;
  /** Beside the code. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with this one error instead of being executed. */
export class RequestRefused extends Error {
  readonly status: number;
  /** Of the GraphQL error, `code` included. */
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, code, message, extensions, headers = {} }: Refusal) {
    super(message);
    this.name = 'RequestRefused';
    this.status = status;
    this.extensions = { ...extensions, code };
    this.headers = headers;
  }
}
