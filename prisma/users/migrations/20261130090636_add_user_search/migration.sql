-- CreateIndex
CREATE INDEX "accounts_by_age" ON "accounts"("created_at", "id");

-- CreateIndex
CREATE INDEX "accounts_address" ON "accounts" USING GIN ("email_key" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "profiles_of_country" ON "profiles"("country_of_residence");

-- A name as it is compared: "Ștefan" and "stefan" are one.
CREATE FUNCTION name_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower(unaccent('unaccent'::regdictionary, normalize(value, NFKC)));
CREATE INDEX "profiles_name" ON "profiles" USING GIN (name_key("display_name") gin_trgm_ops);
-- Few of many.
CREATE INDEX "accounts_unproved" ON "accounts" ("created_at", "id") WHERE "email_verified_at" IS NULL;
