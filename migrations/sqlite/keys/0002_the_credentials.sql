-- What users and clients prove themselves with, as far as it is kept: the slow hash of a password, the keyed digest of a secret.
CREATE TABLE credentials (
    tenant_id     BLOB NOT NULL CHECK (length(tenant_id) = 16),
    credential_id BLOB NOT NULL CHECK (length(credential_id) = 16),
    kind          TEXT NOT NULL CHECK (kind IN ('password', 'secret')),
    -- The text of the hash (PHC string format), or the 32 bytes of the digest.
    material      BLOB NOT NULL CHECK (length(material) BETWEEN 1 AND 1024),
    PRIMARY KEY (tenant_id, credential_id)
) STRICT, WITHOUT ROWID;
