-- The keys of persons, one per subject and session, wrapped by the master key. An erased one leaves its row, without the key.
CREATE TABLE person_keys (
    tenant_id   BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    session_id  BLOB    NOT NULL CHECK (length(session_id) = 16),
    subject     TEXT    NOT NULL,
    wrapped     BLOB,
    -- Microseconds since the Unix epoch.
    erased_at   INTEGER,
    -- 1 once no file holds the bytes of an erased key any more.
    scrubbed    INTEGER NOT NULL DEFAULT 0 CHECK (scrubbed IN (0, 1)),
    PRIMARY KEY (tenant_id, session_id, subject),
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Erasures whose bytes are still to be scrubbed; nearly always none.
CREATE INDEX person_keys_to_scrub ON person_keys (erased_at) WHERE wrapped IS NULL AND scrubbed = 0;

CREATE TRIGGER an_erased_key_never_returns BEFORE UPDATE ON person_keys
WHEN OLD.wrapped IS NULL AND (NEW.wrapped IS NOT NULL OR NEW.erased_at <> OLD.erased_at)
BEGIN
    SELECT RAISE(ABORT, 'an erased key never returns');
END;
