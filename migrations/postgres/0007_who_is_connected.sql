-- Who is connected just now, as every instance tells of itself, and until when what it told is shown. Nothing here is a fact of the
-- record: instances tell it again when it is gone. So the tables are unlogged: what comes and goes with every socket does not go
-- through the WAL, to replicas and into archives, and after a crash of the server they are empty, which is right, as nobody is
-- connected through it then that an instance would not tell of anew.
CREATE UNLOGGED TABLE presence_instances (
    instance    uuid        NOT NULL PRIMARY KEY,
    expires_at  timestamptz NOT NULL,
    -- Whether the term before was not over yet when this one began.
    unbroken    boolean     NOT NULL
) WITH (fillfactor = 10);

CREATE UNLOGGED TABLE presence_told (
    tenant_id   uuid        NOT NULL,
    session_id  uuid        NOT NULL,
    -- The text of the actor.
    actor       text        COLLATE "C" NOT NULL,
    instance    uuid        NOT NULL,
    connections integer     NOT NULL CHECK (connections > 0),
    since       timestamptz NOT NULL,
    CONSTRAINT presence_told_key PRIMARY KEY (tenant_id, session_id, actor, instance)
) WITH (fillfactor = 70);

CREATE INDEX presence_told_by ON presence_told (instance);

-- Takes what an instance tells of any number of places, of none twice.
CREATE FUNCTION tell_presence(
    teller uuid, tenant_ids uuid[], session_ids uuid[], actors text[], counts integer[], sinces timestamptz[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever tells is known, and is not forgotten meanwhile, so that what it told is removed one day even if it never lives.
    LOOP
        INSERT INTO presence_instances (instance, expires_at, unbroken) VALUES (teller, clock_timestamp(), false)
        ON CONFLICT DO NOTHING;
        PERFORM FROM presence_instances WHERE instance = teller FOR KEY SHARE;
        EXIT WHEN FOUND;
    END LOOP;
    DELETE FROM presence_told AS gone
    USING unnest(tenant_ids, session_ids, actors, counts) AS given (tenant_id, session_id, actor, connections)
    WHERE gone.instance = teller AND given.connections = 0
        AND (gone.tenant_id, gone.session_id, gone.actor) = (given.tenant_id, given.session_id, given.actor);
    INSERT INTO presence_told (tenant_id, session_id, actor, instance, connections, since)
    SELECT given.tenant_id, given.session_id, given.actor, teller, given.connections, given.since
    FROM unnest(tenant_ids, session_ids, actors, counts, sinces) AS given (tenant_id, session_id, actor, connections, since)
    WHERE given.connections > 0
    ON CONFLICT ON CONSTRAINT presence_told_key DO UPDATE SET connections = excluded.connections, since = excluded.since;
END
$$;

-- An instance stops: nothing that it told is shown any more.
CREATE FUNCTION leave_presence(leaver uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM presence_told WHERE instance = leaver;
    DELETE FROM presence_instances WHERE instance = leaver;
END
$$;

-- Removes at most `most` rows of instances whose term has been over since `dead_since`. The row of an instance that comes to life
-- again meanwhile is held until this is done, and then it hears that its term was over; nothing here waits for anybody.
CREATE FUNCTION sweep_presence(dead_since timestamptz, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    dead uuid;
BEGIN
    SELECT instance INTO dead FROM presence_instances WHERE expires_at < dead_since
    ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM presence_told WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM presence_told WHERE instance = dead LIMIT most FOR UPDATE SKIP LOCKED
    ));
    DELETE FROM presence_instances WHERE instance = dead AND NOT EXISTS (SELECT FROM presence_told WHERE instance = dead);
END
$$;

ALTER TABLE presence_instances ENABLE ROW LEVEL SECURITY;
ALTER TABLE presence_instances FORCE ROW LEVEL SECURITY;
ALTER TABLE presence_told      ENABLE ROW LEVEL SECURITY;
ALTER TABLE presence_told      FORCE ROW LEVEL SECURITY;

CREATE POLICY presence_told_of_the_tenant ON presence_told FOR SELECT TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
CREATE POLICY presence_is_told ON presence_told TO acta_project USING (true) WITH CHECK (true);
CREATE POLICY presence_instances_are_seen ON presence_instances FOR SELECT TO acta_serve USING (true);
CREATE POLICY presence_instances_live ON presence_instances TO acta_project USING (true) WITH CHECK (true);

GRANT SELECT ON presence_told, presence_instances TO acta_serve;
GRANT SELECT, INSERT, UPDATE, DELETE ON presence_told, presence_instances TO acta_project;
