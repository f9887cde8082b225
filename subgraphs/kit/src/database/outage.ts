// Prisma's codes and kinds, SQLSTATE classes 08 (connection), 53 (resources) and 57P (shutdown), and sockets.
const outageCode =
  /^(P10(01|02|08|17)|P202[48]|08\w{3}|53\w{3}|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/;

interface DatabaseError {
  readonly code?: unknown;
  /** Where Prisma keeps what the driver said of a raw query (code P2010). */
  readonly meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } };
}

// What the driver and its pool say without a code.
const outageMessage =
  /^(timeout exceeded when trying to connect|Connection terminated( unexpectedly| due to connection timeout)?)$/;

/** True when PostgreSQL is away, starting, stopping, or has no connection left: worth another try, and no fault of ours. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (outageMessage.test(error.message)) return true;
  const { code, meta } = error as DatabaseError;
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {};
  return [code, kind, originalCode].some((each) => typeof each === 'string' && outageCode.test(each));
}
