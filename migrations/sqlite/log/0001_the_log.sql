-- The log: one row an event, appended in order, never changed, never removed.
-- Ids are 16 bytes, digests and salts 32; times are microseconds since the Unix epoch.
CREATE TABLE events (
    position        INTEGER NOT NULL PRIMARY KEY CHECK (position >= 1),
    tenant_id       BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    session_id      BLOB    NOT NULL CHECK (length(session_id) = 16),
    session_index   INTEGER NOT NULL CHECK (session_index >= 0),
    aggregate_type  TEXT    NOT NULL,
    aggregate_id    TEXT    NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence >= 1),
    event_type      TEXT    NOT NULL,
    event_version   TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    metadata        TEXT    NOT NULL,
    command_id      BLOB    NOT NULL CHECK (length(command_id) = 16),
    command_digest  BLOB    NOT NULL CHECK (length(command_digest) = 32),
    -- 0, 1, 2 … among the events of its command.
    command_event   INTEGER NOT NULL CHECK (command_event >= 0),
    -- The personal part as ciphertext, in deterministic CBOR.
    sealed          BLOB,
    recorded_at     INTEGER NOT NULL,
    salt            BLOB    NOT NULL CHECK (length(salt) = 32),
    commitment      BLOB    NOT NULL CHECK (length(commitment) = 32),
    CONSTRAINT events_stream  UNIQUE (aggregate_type, aggregate_id, sequence),
    CONSTRAINT events_session UNIQUE (session_id, session_index),
    CONSTRAINT events_command UNIQUE (tenant_id, command_id, command_event)
) STRICT;

-- Every index of SQLite ends with the row's key, which is the position: this one is (tenant_id, position).
CREATE INDEX events_tenant ON events (tenant_id);

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'an event of the log is never changed');
END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'an event of the log is never removed');
END;

-- Positions follow each other without a gap. Nor may INSERT OR REPLACE remove a row, which it does without asking the trigger above.
CREATE TRIGGER events_are_only_appended BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
    OR EXISTS (SELECT 1 FROM events WHERE session_id = NEW.session_id AND session_index = NEW.session_index)
    OR EXISTS (
        SELECT 1 FROM events
        WHERE aggregate_type = NEW.aggregate_type AND aggregate_id = NEW.aggregate_id AND sequence = NEW.sequence
    )
    OR EXISTS (
        SELECT 1 FROM events
        WHERE tenant_id = NEW.tenant_id AND command_id = NEW.command_id AND command_event = NEW.command_event
    )
BEGIN
    SELECT RAISE(ABORT, 'an event is only ever appended, behind the last one');
END;

-- Folded states of streams. Never the truth: losing one costs time only.
CREATE TABLE snapshots (
    tenant_id       BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    aggregate_type  TEXT    NOT NULL,
    aggregate_id    TEXT    NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence >= 1),
    state           TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, aggregate_type, aggregate_id)
) STRICT;

-- Every head that was issued for a session. state: 0 open, 1 closed; issued_at in seconds since the Unix epoch.
CREATE TABLE session_heads (
    number          INTEGER NOT NULL PRIMARY KEY,
    tenant_id       BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    session_id      BLOB    NOT NULL CHECK (length(session_id) = 16),
    size            INTEGER NOT NULL CHECK (size >= 0),
    state           INTEGER NOT NULL CHECK (state IN (0, 1)),
    issued_at       INTEGER NOT NULL,
    key_id          BLOB    NOT NULL CHECK (length(key_id) = 32),
    cose            BLOB    NOT NULL,
    jws             TEXT    NOT NULL
) STRICT;

CREATE INDEX session_heads_session ON session_heads (session_id);
-- Of several heads signed at the same moment for the same state, the first is kept.
CREATE UNIQUE INDEX session_heads_once ON session_heads (session_id, size, state, key_id);

CREATE TRIGGER session_heads_are_never_changed BEFORE UPDATE ON session_heads
BEGIN
    SELECT RAISE(ABORT, 'an issued head is never changed');
END;

CREATE TRIGGER session_heads_are_never_removed BEFORE DELETE ON session_heads
BEGIN
    SELECT RAISE(ABORT, 'an issued head is never removed');
END;
