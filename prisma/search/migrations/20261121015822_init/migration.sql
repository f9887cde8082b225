-- CreateEnum
CREATE TYPE "document_kind" AS ENUM ('EVENT', 'PERSON', 'POST');

-- CreateEnum
CREATE TYPE "document_visibility" AS ENUM ('PUBLIC', 'MEMBERS');

-- CreateTable
CREATE TABLE "documents" (
    "kind" "document_kind" NOT NULL,
    "entity_key" UUID NOT NULL,
    "source_version" INTEGER NOT NULL,
    "is_deleted" BOOLEAN NOT NULL,
    "visibility" "document_visibility" NOT NULL,
    "configuration" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "tags" TEXT[],
    "country_code" CHAR(2),
    "city" TEXT,
    "city_key" TEXT,
    "country_of_origin" CHAR(2),
    "languages" TEXT[],
    "domains" TEXT[],
    "starts_at" TIMESTAMPTZ(3),
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "terms" TEXT NOT NULL DEFAULT '',
    "text_vector" tsvector NOT NULL DEFAULT ''::tsvector,

    CONSTRAINT "documents_pkey" PRIMARY KEY ("kind","entity_key")
);

-- CreateIndex
CREATE INDEX "documents_tags" ON "documents" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "documents_languages" ON "documents" USING GIN ("languages");

-- CreateIndex
CREATE INDEX "documents_domains" ON "documents" USING GIN ("domains");

-- CreateIndex
CREATE INDEX "documents_terms" ON "documents" USING GIN ("terms" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "documents_text" ON "documents" USING GIN ("text_vector");


-- One configuration a language: the stock one with accents taken off before the stemmer sees a word.
DO $$
DECLARE
  language text;
BEGIN
  FOREACH language IN ARRAY ARRAY[
    'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek',
    'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese',
    'romanian', 'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish', 'simple'
  ] LOOP
    EXECUTE format('CREATE TEXT SEARCH CONFIGURATION search_%s (COPY = pg_catalog.%I)', language, language);
    EXECUTE format(
      'ALTER TEXT SEARCH CONFIGURATION search_%s ALTER MAPPING FOR hword, hword_part, word WITH unaccent, %s',
      language, CASE language WHEN 'simple' THEN 'simple' ELSE language || '_stem' END);
  END LOOP;
END $$;

-- Text without what cannot be seen: soft hyphens, zero-width characters, marks of writing direction.
CREATE FUNCTION search_plain(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN regexp_replace(normalize(value, NFC), '[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g');

-- Text as it is compared for similar spellings.
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN btrim(lower(unaccent('unaccent'::regdictionary, normalize(search_plain(value), NFKC))));

-- The document's lexemes, and the plain words beside them: for names, for completion, for other languages' words.
CREATE FUNCTION search_lexemes(configuration regconfig, value text, weight "char") RETURNS tsvector
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN setweight(
    CASE configuration WHEN 'search_simple'::regconfig THEN ''::tsvector ELSE to_tsvector(configuration, value) END
      || to_tsvector('search_simple'::regconfig, value),
    weight);

-- A tsvector holds one megabyte at most: 40,000 characters stay below it in any language, accents expanded.
CREATE FUNCTION index_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  configuration regconfig := NEW.configuration::regconfig;
  labels text := search_plain(left(array_to_string(NEW.tags, ' ') || ' ' || NEW.place, 10000));
BEGIN
  NEW.text_vector :=
    search_lexemes(configuration, search_plain(left(NEW.title, 1000)), 'A')
    || search_lexemes(configuration, labels, 'B')
    || search_lexemes(configuration, search_plain(left(NEW.body, 40000)), 'C');
  NEW.terms := search_fold(concat_ws(' ', left(NEW.title, 1000), labels,
    CASE WHEN NEW.title = '' THEN left(NEW.body, 200) END));
  RETURN NEW;
END $$;
CREATE TRIGGER documents_index BEFORE INSERT OR UPDATE ON "documents"
  FOR EACH ROW EXECUTE FUNCTION index_document();

-- Filters without words list the newest first; keys are UUIDv7 and grow with time. Tombstones are in none of them.
CREATE INDEX "documents_by_age" ON "documents" ("entity_key", "kind") WHERE NOT "is_deleted";
CREATE INDEX "documents_of_kind" ON "documents" ("kind", "entity_key") WHERE NOT "is_deleted";
CREATE INDEX "documents_of_country" ON "documents" ("country_code", "entity_key", "kind") WHERE NOT "is_deleted";
CREATE INDEX "documents_of_city" ON "documents" ("city_key", "entity_key", "kind") WHERE NOT "is_deleted";
CREATE INDEX "documents_of_origin" ON "documents" ("country_of_origin", "entity_key", "kind") WHERE NOT "is_deleted";
CREATE INDEX "documents_by_start" ON "documents" ("starts_at") WHERE NOT "is_deleted";
CREATE INDEX "documents_by_point" ON "documents" USING gist (point("longitude", "latitude")) WHERE NOT "is_deleted";

ALTER TABLE "documents" ADD CONSTRAINT "documents_point_is_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));
ALTER TABLE "documents" ADD CONSTRAINT "documents_tombstone_says_nothing" CHECK (NOT "is_deleted" OR ("title" = '' AND "place" = '' AND "body" = '' AND "tags" = '{}'));
