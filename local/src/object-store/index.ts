import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPartedUploads } from './parted-uploads.js';
import { createObjectServer } from './server.js';
import { createVerifier } from './signature.js';
import { createStorage } from './storage.js';

export type ObjectStoreOptions = {
  /** 0 picks a free one. */
  port: number;
  /** Where objects are kept; created when missing. */
  dir: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Defaults to us-east-1. */
  region?: string;
  /** Created when missing. */
  buckets: string[];
  corsOrigins: string[];
  clock?: () => Date;
  /** Told of faults that a client only sees as InternalError. Defaults to a process warning. */
  onError?: (error: unknown) => void;
};

export type ObjectStore = { url: string; stop(): Promise<void> };

const host = '127.0.0.1';
const stopGraceMs = 2000;

/**
 * Starts an S3-compatible store (path style) on this machine: presigned forms and URLs, and the object requests of
 * the AWS SDK. It serves development and tests; a deployment uses a real object store.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const clock = options.clock ?? (() => new Date());
  const storage = await createStorage({ dir: options.dir, clock });
  for (const bucket of options.buckets) await storage.createBucket(bucket);
  const { accessKeyId, secretAccessKey, region = 'us-east-1' } = options;
  const server = createObjectServer({
    storage,
    uploads: createPartedUploads(storage, clock),
    verifier: createVerifier({ accessKeyId, secretAccessKey, region }, clock),
    clock,
    corsOrigins: options.corsOrigins,
    onError:
      options.onError ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error))),
  });
  await listen(server, options.port);
  await storage.removeLeftovers();
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, stop: () => stop(server) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Object store: port ${port} on ${host} is already in use`) : error);
    });
    server.listen(port, host, resolve);
  });
}

/** Transfers under way get a moment to end; then their connections are cut. */
async function stop(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), stopGraceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}
