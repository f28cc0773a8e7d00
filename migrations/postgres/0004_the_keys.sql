-- The keys of persons, one per subject and session, wrapped by the master key. An erased one leaves its row, without the key.
CREATE TABLE person_keys (
    tenant_id   uuid        NOT NULL,
    session_id  uuid        NOT NULL,
    subject     text        COLLATE "C" NOT NULL,
    wrapped     bytea,
    erased_at   timestamptz,
    -- Whether the table's file was written anew since the key was erased, so that it does not hold its bytes any more.
    scrubbed    boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, session_id, subject),
    CONSTRAINT person_keys_are_there_or_erased CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);

CREATE INDEX person_keys_to_scrub ON person_keys (erased_at) WHERE wrapped IS NULL AND NOT scrubbed;

CREATE FUNCTION keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erased key never returns' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER an_erased_key_never_returns BEFORE UPDATE ON person_keys FOR EACH ROW
    WHEN (OLD.wrapped IS NULL AND (NEW.wrapped IS NOT NULL OR NEW.erased_at <> OLD.erased_at))
    EXECUTE FUNCTION keep_erased();

CREATE FUNCTION tell_of_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('acta_keys', format('%s/%s/%s', NEW.tenant_id, NEW.session_id, NEW.subject));
    RETURN NULL;
END
$$;

-- Whoever erases, also by hand: every instance that has the key in memory hears of it.
CREATE TRIGGER erasures_are_told AFTER UPDATE ON person_keys FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL)
    EXECUTE FUNCTION tell_of_erasure();

-- The keys of any number of owners, of any tenants, as they stand, by the number of the owner in the arrays.
--   tenants   whose owners these are, as in the setting `app.keyed_tenants`
--   new_keys  where it is not null and there never was a key, it becomes the owner's; of several who make one at once, the first
-- In a fixed order, so that two who make the same keys never wait for each other.
CREATE FUNCTION obtain_person_keys(
    tenants text, tenant_ids uuid[], session_ids uuid[], subjects text[], new_keys bytea[]
) RETURNS TABLE (owner bigint, key bytea, erased timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.keyed_tenants', tenants, true);
    INSERT INTO person_keys (tenant_id, session_id, subject, wrapped)
    SELECT made.tenant_id, made.session_id, made.subject, made.wrapped
    FROM unnest(tenant_ids, session_ids, subjects, new_keys) AS made (tenant_id, session_id, subject, wrapped)
    WHERE made.wrapped IS NOT NULL ORDER BY made.tenant_id, made.session_id, made.subject COLLATE "C"
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT wanted.number, stands.wrapped, stands.erased_at
    FROM unnest(tenant_ids, session_ids, subjects) WITH ORDINALITY AS wanted (tenant_id, session_id, subject, number)
    JOIN person_keys AS stands USING (tenant_id, session_id, subject);
END
$$;

-- What the secrets of the first instance look like from outside, so that no other instance starts with other ones.
CREATE TABLE service_secrets (
    name        text        COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32)
);

-- Work that one instance does at a time, and who does it for how long.
CREATE TABLE leases (
    name        text        COLLATE "C" NOT NULL PRIMARY KEY,
    holder      uuid        NOT NULL,
    expires_at  timestamptz NOT NULL
) WITH (fillfactor = 10);

ALTER TABLE person_keys     ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_keys     FORCE ROW LEVEL SECURITY;
ALTER TABLE service_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_secrets FORCE ROW LEVEL SECURITY;
ALTER TABLE leases          ENABLE ROW LEVEL SECURITY;
ALTER TABLE leases          FORCE ROW LEVEL SECURITY;

CREATE POLICY person_keys_of_the_tenant ON person_keys FOR SELECT TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
CREATE POLICY person_keys_are_erased ON person_keys FOR UPDATE TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))))
    WITH CHECK (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
-- `app.keyed_tenants` stands for the duration of one call of `obtain_person_keys` only.
CREATE POLICY person_keys_of_those_keyed ON person_keys FOR SELECT TO acta_serve
    USING (tenant_id = ANY ((SELECT tenants_of_setting(current_setting('app.keyed_tenants', true)))::uuid[]));
CREATE POLICY person_keys_are_made ON person_keys FOR INSERT TO acta_serve
    WITH CHECK (tenant_id = ANY ((SELECT tenants_of_setting(current_setting('app.keyed_tenants', true)))::uuid[]));
-- To be counted, not to be opened: there is nothing in these rows any more.
CREATE POLICY erased_keys_are_counted ON person_keys FOR SELECT TO acta_project, CURRENT_USER USING (wrapped IS NULL);
CREATE POLICY service_secrets_are_compared ON service_secrets TO acta_serve USING (true) WITH CHECK (true);
CREATE POLICY leases_are_taken ON leases TO acta_serve, acta_project USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE (wrapped, erased_at) ON person_keys TO acta_serve;
GRANT SELECT (erased_at, scrubbed) ON person_keys TO acta_project;
GRANT SELECT, INSERT ON service_secrets TO acta_serve;
GRANT SELECT, INSERT, UPDATE ON leases TO acta_serve, acta_project;
