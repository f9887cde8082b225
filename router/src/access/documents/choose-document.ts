import type { Logger } from '@diaspora/kit/core';
import type { Client } from '../../context.js';
import { createLru } from '../lru.js';
import type { DocumentMode, DocumentModes } from '../settings.js';
import { sha256 } from '../sha256.js';
import type { AutomaticDocuments } from './automatic.js';
import { documentIdOf, type DocumentId } from './document-id.js';
import type { ChooseDocument, ChosenDocument, DocumentParams } from './document.js';
import type { Manifests } from './manifests.js';
import { refusals } from './refusals.js';

export interface ChooseDocumentParts {
  readonly modes: DocumentModes;
  readonly manifests?: Pick<Manifests, 'find' | 'has'> | undefined;
  readonly automatic?: AutomaticDocuments | undefined;
  readonly log: Logger;
}

/** Unknown documents that are logged once each. */
const mostLogged = 1_000;

/** Persisted documents first, then what the mode of the client's class leaves. */
export function createChooseDocument(parts: ChooseDocumentParts): ChooseDocument {
  const { modes, manifests, automatic, log } = parts;
  const logUnknown = createUnknownLog(log);

  /** Automatic persisting lets clients run what they like: it is for classes that may do that. */
  const isAutomatic = (client: Client, id: DocumentId): boolean =>
    id.isAutomatic && isOpen(modes[client.class]) && automatic?.isFor(client.class) === true;

  const fromBody = (text: string, params: DocumentParams, client: Client): ChosenDocument => {
    const mode = modes[client.class];
    if (mode === 'enforce') throw refusals.idRequired();
    if (mode !== 'off' && manifests?.has(client, text) !== true) {
      if (mode === 'require') throw refusals.notInSafelist();
      logUnknown(text, params, client);
    }
    return { text, source: 'body' };
  };

  const byHash = (hash: string): ChosenDocument | Promise<ChosenDocument> => {
    const text = automatic!.find(hash);
    return text instanceof Promise ? text.then(foundByHash) : foundByHash(text);
  };

  const withoutBody = (id: DocumentId, client: Client): ChosenDocument | Promise<ChosenDocument> => {
    if (isAutomatic(client, id)) return byHash(id.id.toLowerCase());
    const isUnheardOf = id.isAutomatic && manifests === undefined && isOpen(modes[client.class]);
    throw isUnheardOf ? refusals.automaticNotSupported() : refusals.idNotInList();
  };

  return (params, client) => {
    const text = typeof params.query === 'string' && params.query !== '' ? params.query : undefined;
    const id = documentIdOf(params);
    if (id === undefined) {
      if (text === undefined) throw refusals.noDocument();
      return fromBody(text, params, client);
    }
    const persisted = manifests?.find(client, id.id);
    if (persisted !== undefined && (text === undefined || text === persisted)) {
      return { text: persisted, source: 'manifest' };
    }
    if (text === undefined) return withoutBody(id, client);
    if (!isAutomatic(client, id)) return fromBody(text, params, client);
    const hash = id.id.toLowerCase();
    if (sha256(text) !== hash) throw refusals.hashMismatch();
    const remember = () => automatic!.remember(hash, text, client.class);
    return { ...fromBody(text, params, client), remember };
  };
}

const isOpen = (mode: DocumentMode): boolean => mode === 'off' || mode === 'log';

function foundByHash(text: string | undefined): ChosenDocument {
  if (text === undefined) throw refusals.automaticNotFound();
  return { text, source: 'automatic' };
}

function createUnknownLog(log: Logger) {
  const logged = createLru<true>({ most: mostLogged });
  return (text: string, { operationName }: DocumentParams, client: Client): void => {
    const document = sha256(text);
    const key = `${client.class} ${client.name} ${document}`;
    if (logged.get(key)) return;
    logged.set(key, true);
    const name = typeof operationName === 'string' ? operationName.slice(0, 100) : undefined;
    log.info({ document, operationName: name, client }, 'a document that no manifest of its client holds');
  };
}
