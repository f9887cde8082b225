import {
  CompleteUploadDocument,
  RequestUploadDocument,
  type MediaPartsFragment,
} from './__generated__/operations.js';
import { InvalidInputError } from './errors.js';
import type { Execute } from './execute.js';
import { newKey } from './keys.js';
import type { Transport } from './transport.js';

export interface UploadOptions {
  /** Name on the device; that of a File when absent. Only the uploader sees it. */
  readonly fileName?: string;
  /** Idempotency key; give the same one to take up an upload that failed. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

interface Dependencies {
  readonly execute: Execute;
  readonly transport: Transport;
}

/** Files go straight to the object store, by a signed form. */
export function createUploads({ execute, transport }: Dependencies) {
  /**
   * Uploads a photo (JPEG, PNG, GIF or WebP; 10 MiB unless the server is configured otherwise) and answers it READY.
   * Throws UserInputError when it may not be uploaded, InvalidInputError with a `reason` when it is not taken.
   */
  async function photo(blob: Blob, options: UploadOptions = {}): Promise<MediaPartsFragment> {
    const { key = newKey(), fileName = nameOf(blob), signal } = options;
    const input = { contentType: blob.type, sizeBytes: blob.size, fileName, idempotencyKey: key };
    const { requestUpload } = await execute(RequestUploadDocument, { input }, { signal });
    const { url, fields, media } = requestUpload.upload!;
    const form = new FormData();
    for (const { name, value } of fields) form.append(name, value);
    form.append('file', blob, fileName ?? 'file'); // Last: stores ignore what follows the file.
    await transport.postForm(url, form, signal);
    const completed = await execute(CompleteUploadDocument, { input: { mediaId: media.id } }, { signal });
    return taken(completed.completeUpload.media!);
  }

  return { photo };
}

const nameOf = (blob: Blob & { readonly name?: string }): string | undefined => blob.name;

function taken(media: MediaPartsFragment): MediaPartsFragment {
  if (media.status !== 'REJECTED') return media;
  const extensions = { code: 'INVALID_INPUT', reason: media.rejection };
  throw new InvalidInputError({ message: 'The file was not taken.', extensions });
}
