import type { Transaction } from '../database.js';
import type { DocumentWrite } from './rules.js';

/**
 * Writes a document unless the index knows a newer version; of one version the tombstone wins. So any order and
 * number of deliveries ends in the same index. A trigger adds the lexemes.
 */
export async function writeDocument(tx: Transaction, document: DocumentWrite): Promise<void> {
  const { kind, entityKey, sourceVersion, isDeleted, visibility, isForFriends, ownerKey, configuration } =
    document;
  const { title, place, body, tags, countryCode, city, cityKey, countryOfOrigin } = document;
  const { languages, domains, startsAt, latitude, longitude } = document;
  await tx.$executeRaw`
    INSERT INTO documents AS known (
      kind, entity_key, source_version, is_deleted, visibility, is_for_friends, owner_key, configuration,
      title, place, body, tags, country_code, city, city_key, country_of_origin,
      languages, domains, starts_at, latitude, longitude)
    VALUES (
      ${kind}::document_kind, ${entityKey}::uuid, ${sourceVersion}, ${isDeleted},
      ${visibility}::document_visibility, ${isForFriends}, ${ownerKey}::uuid, ${configuration}, ${title}, ${place}, ${body}, ${tags}::text[],
      ${countryCode}, ${city}, ${cityKey}, ${countryOfOrigin}, ${languages}::text[], ${domains}::text[],
      ${startsAt}::timestamptz, ${latitude}::float8, ${longitude}::float8)
    ON CONFLICT (kind, entity_key) DO UPDATE SET
      source_version = excluded.source_version, is_deleted = excluded.is_deleted,
      visibility = excluded.visibility, is_for_friends = excluded.is_for_friends, owner_key = excluded.owner_key, configuration = excluded.configuration,
      title = excluded.title, place = excluded.place, body = excluded.body, tags = excluded.tags,
      country_code = excluded.country_code, city = excluded.city, city_key = excluded.city_key,
      country_of_origin = excluded.country_of_origin, languages = excluded.languages, domains = excluded.domains,
      starts_at = excluded.starts_at, latitude = excluded.latitude, longitude = excluded.longitude
    WHERE (excluded.source_version, excluded.is_deleted) >= (known.source_version, known.is_deleted)`;
}
