-- What users and clients prove themselves with, as far as it is kept: the slow hash of a password, the keyed digest of a secret.
CREATE TABLE credentials (
    tenant_id       uuid    NOT NULL,
    credential_id   uuid    NOT NULL,
    kind            text    COLLATE "C" NOT NULL CHECK (kind IN ('password', 'secret')),
    -- The text of the hash (PHC string format), or the 32 bytes of the digest.
    material        bytea   NOT NULL CHECK (length(material) BETWEEN 1 AND 1024),
    PRIMARY KEY (tenant_id, credential_id)
);

ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE credentials FORCE ROW LEVEL SECURITY;

CREATE POLICY credentials_of_the_tenant ON credentials TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))))
    WITH CHECK (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));

GRANT SELECT, INSERT, UPDATE (kind, material), DELETE ON credentials TO acta_serve;
