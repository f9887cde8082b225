import { pipeline, Transform, type Readable } from 'node:stream';
import type { PrivateStore } from '@diaspora/kit';
import { ZipFile } from 'yazl';
import { dataExportIds, userIds } from '../ids.js';
import { allParts, archiveOf, partsFolderOf, type DataExportWithParts } from './rules.js';

const explanation = `This archive holds everything that is kept of you.

There is a folder for each part of the platform. Files that end in .json hold a JSON array with a record a line; times are
in UTC (ISO 8601), ids are those of the API. Photos and other files of yours lie beside them as you uploaded them.
manifest.json says how many records of each kind there are.

What belongs to other people (what they wrote to you, their profiles) is not in here, only their ids.
`;

/** Puts the parts together, each file read from the store while it is written to it. Answers the size in bytes. */
export async function assembleArchive(store: PrivateStore, dataExport: DataExportWithParts): Promise<number> {
  const folder = partsFolderOf(dataExport.id);
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(explanation), 'README.txt');
  zip.addBuffer(Buffer.from(manifestOf(dataExport)), 'manifest.json');
  for await (const key of store.list(folder)) addFile(zip, store, { key, name: key.slice(folder.length) });
  zip.end();
  let sizeBytes = 0;
  const body = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  zip.on('error', (error: Error) => body.destroy(error));
  pipeline(zip.outputStream, body, () => undefined); // What fails, fails the writing too.
  await store.put(archiveOf(dataExport.id), { body, contentType: 'application/zip' });
  return sizeBytes;
}

function addFile(zip: ZipFile, store: PrivateStore, { key, name }: { key: string; name: string }): void {
  // Photos are as small as they get.
  const options = { compress: name.endsWith('.json') };
  const open = async (): Promise<Readable> => {
    const stream = await store.open(key);
    if (!stream) throw new Error('A part of the export is gone');
    return stream.once('error', (error) => zip.emit('error', error));
  };
  zip.addReadStreamLazy(name, options, (give) => {
    open().then(
      (stream) => give(null, stream),
      (error: unknown) => zip.emit('error', error),
    );
  });
}

const manifestOf = ({ id, personId, createdAt, parts }: DataExportWithParts): string =>
  JSON.stringify(
    {
      id: dataExportIds.encode(id),
      userId: userIds.encode(personId),
      requestedAt: createdAt,
      parts: allParts(parts).map(({ counts, ...part }) => ({
        ...part,
        records: Object.fromEntries(counts.map(({ name, count }) => [name, count])),
      })),
    },
    null,
    2,
  );
