import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { s3Error } from './errors.js';
import { isSame } from './signature.js';

type Digest = { update(chunk: Buffer): void; base64(): string };

const supported: Record<string, () => Digest> = {
  'content-md5': () => hashed('md5'),
  'x-amz-checksum-crc32': cyclic,
  'x-amz-checksum-sha1': () => hashed('sha1'),
  'x-amz-checksum-sha256': () => hashed('sha256'),
};

export const checksumNames = Object.keys(supported);

/** Computes the named checksums over a body and compares them once their expected values are known. */
export function createChecksums(names: Iterable<string>) {
  const digests = new Map<string, Digest>();
  for (const name of names) {
    const create = supported[name];
    if (create) digests.set(name, create());
  }

  function update(chunk: Buffer): void {
    for (const digest of digests.values()) digest.update(chunk);
  }

  function verify(expected: ReadonlyMap<string, string>): void {
    for (const [name, digest] of digests) {
      if (!isSame(expected.get(name) ?? '', digest.base64())) {
        throw s3Error('BadDigest', `The ${name} you specified did not match what was received.`);
      }
    }
  }

  return { update, verify };
}

function hashed(algorithm: string): Digest {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
}

function cyclic(): Digest {
  let value = 0;
  const base64 = () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes.toString('base64');
  };
  return { update: (chunk) => void (value = crc32(chunk, value)), base64 };
}
