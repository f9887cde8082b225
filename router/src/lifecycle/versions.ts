import type { Logger } from '@diaspora/kit/core';
import type { Operations } from '../operations/operations.js';
import type { Supergraph } from '../supergraph/supergraph.js';

/** The router's inside for one supergraph: made as a whole, replaced as a whole. */
export interface Version {
  /** Short digest of the SDL. */
  readonly id: string;
  readonly supergraph: Supergraph;
  readonly operations: Operations;
  /** Names and addresses. */
  readonly subgraphs: ReadonlyMap<string, string>;
  /** Closes connections to subgraphs and ends planning. */
  stop(): Promise<void>;
}

export interface Versions {
  current(): Version;
  /** The current version, kept from being stopped until `release` is called with it. */
  hold(): Version;
  release(version: Version): void;
  /**
   * Makes a version of this SDL, prepares on it what the present one is asked most, and puts it in the present one's
   * place: requests in flight finish on the version they began on, which is stopped after the last of them. Resolves
   * with false, all left as it was, when the SDL is not usable; that is logged in one line.
   */
  replace(sdl: string): Promise<boolean>;
  /** Called after each replacement. Returns what ends it. */
  onReplaced(listener: (version: Version) => void): () => void;
  /** Stops the current version; held ones are stopped as they are released. */
  stop(): Promise<void>;
}

export interface VersionsParts {
  readonly sdl: string;
  /** Throws an Error whose message is one line for operators. */
  readonly create: (sdl: string) => Promise<Version> | Version;
  /** How many operations are prepared before a version takes over. */
  readonly warmOperations: number;
  /** Documents that will be asked for: prepared after the hottest, as far as that number reaches. */
  readonly persistedDocuments: () => readonly string[];
  readonly onEvent: (event: 'loaded' | 'refused') => void;
  readonly log: Logger;
}

/** What to prepare before it is asked for. */
interface Wanted {
  readonly text: string;
  readonly name: string | undefined;
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
}

/** Rejects when the first SDL is not usable. */
export async function createVersions(parts: VersionsParts): Promise<Versions> {
  const { create, warmOperations, persistedDocuments, onEvent, log } = parts;
  let text = parts.sdl;
  let current = await create(text);
  onEvent('loaded');
  const inFlight = new Map<Version, number>([[current, 0]]);
  const listeners = new Set<(version: Version) => void>();

  const wanted = (operations: Operations): Wanted[] => {
    const hottest = operations.hottest(warmOperations).map(({ text: document, operation }) => ({
      text: document,
      name: operation.name,
      conditions: operation.conditionsInUse(),
    }));
    const known = new Set(hottest.map((document) => document.text));
    const others = persistedDocuments().filter((document) => !known.has(document));
    const persisted = others.map((document) => ({ text: document, name: undefined, conditions: [{}] }));
    return [...hottest, ...persisted].slice(0, warmOperations);
  };

  let isStopping = false;
  /** One after the other, with room between them for the requests that are being served meanwhile. */
  const warm = async ({ operations }: Version, documents: readonly Wanted[]): Promise<void> => {
    for (const document of documents) {
      if (isStopping) return;
      await prepare(operations, document);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  let queue: Promise<unknown> = warm(current, wanted(current.operations));

  const stopUnused = (version: Version) => {
    if (version === current || inFlight.get(version) !== 0) return;
    inFlight.delete(version);
    void version.stop();
  };

  const replaceNow = async (next: string): Promise<boolean> => {
    if (next === text) return true;
    try {
      const version = await create(next);
      await warm(version, wanted(current.operations));
      const previous = current;
      inFlight.set(version, 0);
      [text, current] = [next, version];
      log.info({ supergraph: version.id, before: previous.id }, 'the supergraph was replaced');
      onEvent('loaded');
      for (const listener of listeners) listener(version);
      stopUnused(previous);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onEvent('refused');
      log.error({ reason, supergraph: current.id }, 'the new supergraph is not usable; the old one stays');
      return false;
    }
  };

  return {
    current: () => current,
    hold: () => {
      inFlight.set(current, inFlight.get(current)! + 1);
      return current;
    },
    release: (version) => {
      inFlight.set(version, inFlight.get(version)! - 1);
      if (version !== current) stopUnused(version);
    },
    replace: (next) => {
      const replaced = queue.then(() => replaceNow(next));
      queue = replaced;
      return replaced;
    },
    onReplaced: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      isStopping = true;
      const stopAll = () => Promise.all([...inFlight.keys()].map((version) => version.stop()));
      await stopAll(); // or what is being planned would be waited for
      await queue;
      await stopAll();
    },
  };
}

async function prepare(operations: Operations, { text, name, conditions }: Wanted): Promise<void> {
  try {
    const operation = operations.find(text, name);
    for (const values of conditions) await operation.executable(values);
  } catch {
    // Not valid on this supergraph: whoever sends it is told.
  }
}
