import { TypeID } from 'typeid-js';
import { v7, validate } from 'uuid';
import { AppError } from './errors.js';

/** One kind of public id: a prefix and a UUIDv7 in TypeID form (https://github.com/jetify-com/typeid). */
export interface IdType {
  readonly prefix: string;
  /** A new database key (uuid, time-ordered). */
  create(): string;
  /** Database key to public id. */
  encode(key: string): string;
  /** Public id to database key. Throws AppError INVALID_INPUT for a malformed or foreign id. */
  decode(id: string): string;
  /** Public id to database key; null for a malformed or foreign id, as references are answered. */
  find(id: string): string | null;
}

export function idType(prefix: string): IdType {
  return {
    prefix,
    create: () => v7(),
    encode: (key) => TypeID.fromUUID(prefix, key).toString(),
    decode: (id) => {
      const key = toKey(id, prefix);
      if (key === undefined) throw new AppError('INVALID_INPUT', `This is not the id of a "${prefix}".`);
      return key;
    },
    find: (id) => toKey(id, prefix) ?? null,
  };
}

/** The prefix of a public id, or undefined when it has none. */
export const prefixOf = (id: string): string | undefined => /^([a-z]+)_/.exec(id)?.[1];

function toKey(id: string, prefix: string): string | undefined {
  try {
    const key = TypeID.fromString(id, prefix).toUUID();
    return validate(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
