-- Words as they are written, of any language: without accents, in one case, none left out.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION message_search (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION message_search ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- The words of a message, each behind the id of its conversation: in the index the words of one conversation lie
-- together, so that a search for how words begin reads what is in it, however much others write.
CREATE FUNCTION message_words(conversation_id uuid, value text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN array_to_tsvector(ARRAY(
    SELECT conversation_id || word
    FROM unnest(tsvector_to_array(to_tsvector('message_search'::regconfig, value))) AS word));

CREATE INDEX "messages_by_words" ON "messages" USING gin (message_words("conversation_id", "text"));

-- All of the words, as they begin, in one conversation. Letters and digits only.
CREATE FUNCTION message_query(conversation_id uuid, words text) RETURNS tsquery
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (
    SELECT string_agg(quote_literal(conversation_id || word) || ':*', ' & ')::tsquery
    FROM unnest(tsvector_to_array(to_tsvector('message_search'::regconfig, words))) AS word);
