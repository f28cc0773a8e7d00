-- The keys of persons, one per subject and session, wrapped by the master key. An erased one leaves its row, without the key.
CREATE TABLE person_keys (
    tenant_id   uuid        NOT NULL,
    session_id  uuid        NOT NULL,
    subject     text        COLLATE "C" NOT NULL,
    wrapped     bytea,
    erased_at   timestamptz,
    PRIMARY KEY (tenant_id, session_id, subject),
    CONSTRAINT person_keys_are_there_or_erased CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);

CREATE FUNCTION keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erased key never returns' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER an_erased_key_never_returns BEFORE UPDATE ON person_keys FOR EACH ROW
    WHEN (OLD.wrapped IS NULL AND (NEW.wrapped IS NOT NULL OR NEW.erased_at <> OLD.erased_at))
    EXECUTE FUNCTION keep_erased();

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

CREATE POLICY person_keys_of_the_tenant ON person_keys TO acta_serve
    USING (tenant_id::text = (SELECT current_setting('app.tenant_id', true)))
    WITH CHECK (tenant_id::text = (SELECT current_setting('app.tenant_id', true)));
CREATE POLICY service_secrets_are_compared ON service_secrets TO acta_serve USING (true) WITH CHECK (true);
CREATE POLICY leases_are_taken ON leases TO acta_serve, acta_project USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON person_keys TO acta_serve;
GRANT SELECT, INSERT ON service_secrets TO acta_serve;
GRANT SELECT, INSERT, UPDATE ON leases TO acta_serve, acta_project;
