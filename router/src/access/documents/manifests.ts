import type { Logger } from '@diaspora/kit/core';
import type { Client } from '../../context.js';
import { watchFiles } from '../watch-files.js';
import { mergeManifests, readManifest, type Manifest } from './manifest.js';

/** The documents of every client, as the files have them now. */
export interface Manifests {
  /** The document that this client may run by this id. */
  find(client: Client, id: string): string | undefined;
  /** Whether this client may run this very text. */
  has(client: Client, text: string): boolean;
  /** Every document, to prepare them before they are asked for. */
  texts(): readonly string[];
  reload(): Promise<void>;
  stop(): void;
}

interface ClientManifests {
  readonly versions: ReadonlyMap<string, Manifest>;
  readonly all: Manifest;
}

interface Index {
  readonly own: ReadonlyMap<string, ClientManifests>;
  /** Of all clients that are not partners: what such a client calls itself is not proven, so it narrows nothing. */
  readonly everyOwn: Manifest;
  readonly partners: ReadonlyMap<string, ClientManifests>;
}

interface Part {
  readonly audience: 'own' | 'partners';
  readonly client: string;
  readonly version: string;
  readonly manifest: Manifest;
}

/**
 * Manifests by client and version: `web.json`, `web/1.2.0.json`, and for partners `partners/Acme.json` or
 * `partners/Acme/2.json`, under the name of the API key; names are URL-encoded where file names want it. An id is
 * looked for in the client's version, then in all its versions, then (never for partners) in those of all clients.
 */
export async function createManifests(options: {
  readonly path: string;
  readonly log: Logger;
}): Promise<Manifests> {
  const { path, log } = options;
  const files = await watchFiles({
    path,
    what: 'Persisted documents',
    read: (json, name): Part => ({ ...placeOf(name), manifest: readManifest(json) }),
    combine: indexOf,
    log,
  });

  function* allowed({ name = '', version = '', class: clientClass }: Client): Generator<Manifest> {
    const index = files.current();
    const client = (clientClass === 'partner' ? index.partners : index.own).get(name);
    const exact = client?.versions.get(version);
    if (exact) yield exact;
    if (client) yield client.all;
    if (clientClass !== 'partner') yield index.everyOwn;
  }

  return {
    find(client, id) {
      const plain = id.startsWith('sha256:') ? id.slice('sha256:'.length) : id;
      for (const { byId } of allowed(client)) {
        const text = byId.get(id) ?? byId.get(plain);
        if (text !== undefined) return text;
      }
      return undefined;
    },
    has(client, text) {
      for (const { texts } of allowed(client)) if (texts.has(text)) return true;
      return false;
    },
    texts() {
      const { everyOwn, partners } = files.current();
      const theirs = [...partners.values()].flatMap(({ all }) => [...all.texts]);
      return [...new Set([...everyOwn.texts, ...theirs])];
    },
    reload: () => files.reload(),
    stop: () => files.stop(),
  };
}

function placeOf(name: string): Omit<Part, 'manifest'> {
  const words = name.split('/').map((word) => decodeURIComponent(word));
  const audience = words[0] === 'partners' && words.length > 1 ? 'partners' : 'own';
  const [client = '', version = '', ...rest] = audience === 'partners' ? words.slice(1) : words;
  if (rest.length > 0) throw new Error('a manifest lies at client.json or client/version.json');
  return { audience, client, version };
}

function indexOf(parts: readonly Part[]): Index {
  const own = parts.filter(({ audience }) => audience === 'own');
  const partners = parts.filter(({ audience }) => audience === 'partners');
  return {
    own: byClient(own),
    everyOwn: mergeManifests(own.map(({ manifest }) => manifest)),
    partners: byClient(partners),
  };
}

function byClient(parts: readonly Part[]): Map<string, ClientManifests> {
  const clients = new Set(parts.map(({ client }) => client));
  return new Map(
    [...clients].map((client) => {
      const theirs = parts.filter((part) => part.client === client);
      const versions = new Map(theirs.map(({ version, manifest }) => [version, manifest]));
      return [client, { versions, all: mergeManifests([...versions.values()]) }];
    }),
  );
}
