-- The log: one row an event, appended in order, never changed, never removed. Digests and salts are 32 bytes.
-- It is a superset of the table of `postgres-es`. `json` keeps the bytes of the canonical text; `jsonb` would not.
CREATE TABLE events (
    position        bigint      NOT NULL CHECK (position >= 1),
    session_index   bigint      NOT NULL CHECK (session_index >= 0),
    sequence        bigint      NOT NULL CHECK (sequence >= 1),
    recorded_at     timestamptz NOT NULL,
    tenant_id       uuid        NOT NULL,
    session_id      uuid        NOT NULL,
    command_id      uuid        NOT NULL,
    -- 0, 1, 2 … among the events of its command.
    command_event   integer     NOT NULL CHECK (command_event >= 0),
    aggregate_type  text        COLLATE "C" NOT NULL,
    aggregate_id    text        COLLATE "C" NOT NULL,
    event_type      text        COLLATE "C" NOT NULL,
    event_version   text        COLLATE "C" NOT NULL,
    payload         json        NOT NULL,
    metadata        json        NOT NULL,
    command_digest  bytea       NOT NULL CHECK (length(command_digest) = 32),
    salt            bytea       NOT NULL CHECK (length(salt) = 32),
    commitment      bytea       NOT NULL CHECK (length(commitment) = 32),
    -- The personal part as ciphertext, in deterministic CBOR.
    sealed          bytea,
    CONSTRAINT events_position PRIMARY KEY (position),
    CONSTRAINT events_stream   UNIQUE (tenant_id, aggregate_type, aggregate_id, sequence),
    CONSTRAINT events_session  UNIQUE (tenant_id, session_id, session_index)
);

-- A command is in the log once.
CREATE UNIQUE INDEX events_command ON events (tenant_id, command_id) WHERE command_event = 0;
-- A session, and a stream, is one tenant's.
CREATE UNIQUE INDEX events_session_owner ON events (session_id) WHERE session_index = 0;
CREATE UNIQUE INDEX events_stream_owner ON events (aggregate_type, aggregate_id) WHERE sequence = 1;
CREATE INDEX events_tenant ON events (tenant_id, position);

-- The end of the log. Whoever appends holds this row until the commit, so positions have no gap and follow the order of commits.
CREATE TABLE log_head (
    one             boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    position        bigint      NOT NULL CHECK (position >= 0)
) WITH (fillfactor = 10);
INSERT INTO log_head (position) VALUES (0);

-- Folded states of streams. Never the truth: losing one costs time only.
CREATE TABLE snapshots (
    tenant_id       uuid        NOT NULL,
    aggregate_type  text        COLLATE "C" NOT NULL,
    aggregate_id    text        COLLATE "C" NOT NULL,
    sequence        bigint      NOT NULL CHECK (sequence >= 1),
    state           text        NOT NULL,
    PRIMARY KEY (tenant_id, aggregate_type, aggregate_id)
);

-- Every head that was issued for a session. state: 0 open, 1 closed; issued_at in seconds since the Unix epoch.
CREATE TABLE session_heads (
    number          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id       uuid        NOT NULL,
    session_id      uuid        NOT NULL,
    size            bigint      NOT NULL CHECK (size >= 0),
    state           smallint    NOT NULL CHECK (state IN (0, 1)),
    issued_at       bigint      NOT NULL,
    key_id          bytea       NOT NULL CHECK (length(key_id) = 32),
    cose            bytea       NOT NULL,
    jws             text        NOT NULL,
    -- Of several heads signed at the same moment for the same state, the first is kept.
    CONSTRAINT session_heads_once UNIQUE (tenant_id, session_id, size, state, key_id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever appended to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER session_heads_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON session_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Appends events of any number of commands, streams and tenants: the batch of one commit.
--   known_head  the last position that the caller knows of; a log that ends before it was set back
--   tenants     whose events these are, as in the setting `app.appending_tenants`
--   guard_*     streams that must have no event after the version
--   the others  the columns of the events, in order
-- Gives the position of the last event. A conflict fails with the name of the constraint that it met.
CREATE FUNCTION append_events(
    known_head bigint, tenants text,
    guard_tenants uuid[], guard_types text[], guard_ids text[], guard_versions bigint[],
    session_indexes bigint[], sequences bigint[], recorded timestamptz[], tenant_ids uuid[], session_ids uuid[],
    command_ids uuid[], command_events integer[], aggregate_types text[], aggregate_ids text[], event_types text[],
    event_versions text[], payloads text[], metadatas text[], command_digests bytea[], salts bytea[], commitments bytea[],
    sealed_parts bytea[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    added CONSTANT bigint := cardinality(sequences);
    last bigint;
BEGIN
    PERFORM set_config('app.appending_tenants', tenants, true);
    UPDATE log_head SET position = position + added RETURNING position INTO STRICT last;
    IF last - added < known_head THEN
        RAISE EXCEPTION 'the log ends at %, in front of %', last - added, known_head
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'log_never_shrinks', TABLE = 'log_head';
    END IF;
    IF cardinality(guard_versions) > 0 AND EXISTS (
        SELECT FROM unnest(guard_tenants, guard_types, guard_ids, guard_versions)
            AS guard (tenant_id, aggregate_type, aggregate_id, version)
        JOIN events USING (tenant_id, aggregate_type, aggregate_id) WHERE events.sequence = guard.version + 1
    ) THEN
        RAISE EXCEPTION 'a guarded stream has moved'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'events_guard', TABLE = 'events';
    END IF;
    INSERT INTO events (
        position, session_index, sequence, recorded_at, tenant_id, session_id, command_id, command_event, aggregate_type,
        aggregate_id, event_type, event_version, payload, metadata, command_digest, salt, commitment, sealed
    )
    SELECT last - added + number, session_index, sequence, recorded_at, tenant_id, session_id, command_id, command_event,
        aggregate_type, aggregate_id, event_type, event_version, payload::json, metadata::json, command_digest, salt,
        commitment, sealed
    FROM unnest(
        session_indexes, sequences, recorded, tenant_ids, session_ids, command_ids, command_events, aggregate_types,
        aggregate_ids, event_types, event_versions, payloads, metadatas, command_digests, salts, commitments, sealed_parts
    ) WITH ORDINALITY AS event (
        session_index, sequence, recorded_at, tenant_id, session_id, command_id, command_event, aggregate_type, aggregate_id,
        event_type, event_version, payload, metadata, command_digest, salt, commitment, sealed, number
    );
    PERFORM pg_notify('acta_log', last::text);
    RETURN last;
END
$$;

-- Every table: row level security, also for its owner. `app.tenant_id` names the tenant whose rows are seen. A statement that
-- lost its tenant sees nothing.
ALTER TABLE events        ENABLE ROW LEVEL SECURITY;
ALTER TABLE events        FORCE ROW LEVEL SECURITY;
ALTER TABLE log_head      ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_head      FORCE ROW LEVEL SECURITY;
ALTER TABLE snapshots     ENABLE ROW LEVEL SECURITY;
ALTER TABLE snapshots     FORCE ROW LEVEL SECURITY;
ALTER TABLE session_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_heads FORCE ROW LEVEL SECURITY;

CREATE POLICY events_of_the_tenant ON events FOR SELECT TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
-- `app.appending_tenants` stands for the duration of one append only.
CREATE POLICY events_of_those_appending ON events FOR SELECT TO acta_serve
    USING (tenant_id = ANY ((SELECT tenants_of_setting(current_setting('app.appending_tenants', true)))::uuid[]));
CREATE POLICY events_are_appended ON events FOR INSERT TO acta_serve
    WITH CHECK (tenant_id = ANY ((SELECT tenants_of_setting(current_setting('app.appending_tenants', true)))::uuid[]));
CREATE POLICY events_of_everybody ON events FOR SELECT TO acta_project USING (true);

CREATE POLICY log_head_is_moved ON log_head TO acta_serve USING (true) WITH CHECK (true);
CREATE POLICY log_head_is_read ON log_head FOR SELECT TO acta_project USING (true);

CREATE POLICY snapshots_of_the_tenant ON snapshots TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))))
    WITH CHECK (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));

CREATE POLICY session_heads_of_the_tenant ON session_heads FOR SELECT TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
CREATE POLICY session_heads_are_issued ON session_heads FOR INSERT TO acta_serve
    WITH CHECK (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
CREATE POLICY session_heads_of_everybody ON session_heads FOR SELECT TO acta_project USING (true);

GRANT SELECT, INSERT ON events TO acta_serve;
GRANT SELECT ON events TO acta_project;
GRANT SELECT, UPDATE (position) ON log_head TO acta_serve;
GRANT SELECT ON log_head TO acta_project;
GRANT SELECT, INSERT, UPDATE ON snapshots TO acta_serve;
GRANT SELECT, INSERT ON session_heads TO acta_serve;
GRANT SELECT ON session_heads TO acta_project;
