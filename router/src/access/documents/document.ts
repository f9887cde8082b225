import type { Client } from '../../context.js';

/** What a request says about its document; as parsed from the body or the URL, unchecked. */
export interface DocumentParams {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
  readonly id?: unknown;
  readonly doc_id?: unknown;
}

export interface ChosenDocument {
  readonly text: string;
  readonly source: 'body' | 'manifest' | 'automatic';
  /** Present when the client asks for its document to be kept: call it once the document has proved valid. */
  readonly remember?: () => void;
}

/** The document of a request. Throws RequestRefused where there is none, or none that this client may run. */
export type ChooseDocument = (
  params: DocumentParams,
  client: Client,
) => ChosenDocument | Promise<ChosenDocument>;
