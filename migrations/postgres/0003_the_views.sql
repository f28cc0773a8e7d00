-- Read models: documents with a few indexed columns. Everything here can be made again from the log.
-- A view's rows are those of its generation; a rebuild fills another one, and the switch is one row of `view_checkpoints`.
CREATE TABLE view_rows (
    generation  bigint  NOT NULL,
    position    bigint  NOT NULL CHECK (position >= 0),
    rank        bigint  NOT NULL,
    tenant_id   uuid    NOT NULL,
    session_id  uuid    NOT NULL,
    id          text    COLLATE "C" NOT NULL,
    status      text    COLLATE "C",
    kind        text    COLLATE "C",
    person      text    COLLATE "C",
    document    json    NOT NULL,
    CONSTRAINT view_rows_key PRIMARY KEY (tenant_id, generation, session_id, id)
) WITH (fillfactor = 70);

CREATE INDEX view_rows_of_session ON view_rows (tenant_id, generation, session_id, rank, id);
CREATE INDEX view_rows_of_tenant ON view_rows (tenant_id, generation, rank, session_id, id);

-- No number is given twice. A generation that no checkpoint names is nobody's, and nobody's for ever.
CREATE SEQUENCE view_generations;

-- Which generation a view is, and the last position folded into it. A row stays when its view is discarded, at position 0 and with
-- another generation, so that `revision`, the number of its moves, only ever grows.
CREATE TABLE view_checkpoints (
    view        text    COLLATE "C" NOT NULL PRIMARY KEY,
    generation  bigint  NOT NULL DEFAULT nextval('view_generations') UNIQUE,
    position    bigint  NOT NULL DEFAULT 0 CHECK (position >= 0),
    revision    bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE FUNCTION tell_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('acta_views', NEW.revision || ' ' || NEW.position || ' ' || NEW.view);
    RETURN NULL;
END
$$;

CREATE TRIGGER moves_are_told AFTER UPDATE ON view_checkpoints FOR EACH ROW EXECUTE FUNCTION tell_move();

-- Writes rows over what was there and moves the checkpoint of a view from `expected` to `reached`. No key comes twice.
--   fresh  how many rows, from the first, have keys that the view does not have
-- Gives the position of the checkpoint, and the revision if this moved it. If not, nothing was written.
CREATE FUNCTION commit_view(
    of_view text, expected bigint, reached bigint, fresh bigint,
    tenant_ids uuid[], session_ids uuid[], ids text[], statuses text[], kinds text[], persons text[], ranks bigint[],
    documents text[], positions bigint[],
    OUT actual bigint, OUT moved bigint
) LANGUAGE plpgsql AS $$
DECLARE
    filled bigint;
BEGIN
    -- What a crash takes away is folded from the log again, rows and checkpoint together.
    PERFORM set_config('synchronous_commit', 'off', true);
    IF expected = 0 THEN
        INSERT INTO view_checkpoints (view) VALUES (of_view) ON CONFLICT DO NOTHING;
    END IF;
    UPDATE view_checkpoints SET position = reached, revision = revision + 1
    WHERE view = of_view AND position = expected
    RETURNING position, revision, generation INTO actual, moved, filled;
    IF NOT FOUND THEN
        actual := coalesce((SELECT position FROM view_checkpoints WHERE view = of_view), 0);
        RETURN;
    END IF;
    IF fresh > 0 THEN
        INSERT INTO view_rows
            (generation, tenant_id, session_id, id, status, kind, person, rank, document, position)
        SELECT filled, tenant_id, session_id, id, status, kind, person, rank, document::json, position
        FROM unnest(tenant_ids, session_ids, ids, statuses, kinds, persons, ranks, documents, positions) WITH ORDINALITY
            AS given (tenant_id, session_id, id, status, kind, person, rank, document, position, number)
        WHERE number <= fresh;
    END IF;
    IF cardinality(ids) > fresh THEN
        INSERT INTO view_rows
            (generation, tenant_id, session_id, id, status, kind, person, rank, document, position)
        SELECT filled, tenant_id, session_id, id, status, kind, person, rank, document::json, position
        FROM unnest(tenant_ids, session_ids, ids, statuses, kinds, persons, ranks, documents, positions) WITH ORDINALITY
            AS given (tenant_id, session_id, id, status, kind, person, rank, document, position, number)
        WHERE number > fresh
        ON CONFLICT (tenant_id, generation, session_id, id) DO UPDATE
        SET status = excluded.status, kind = excluded.kind, person = excluded.person, rank = excluded.rank,
            document = excluded.document, position = excluded.position;
    END IF;
END
$$;

-- Puts a copy in the place of a view, if both are at `expected`. The copy is as if discarded then, and the rows that the view had are
-- nobody's. Gives nothing, or which of the two is elsewhere, and where.
CREATE FUNCTION replace_view(of_view text, copy text, expected bigint, OUT other text, OUT actual bigint)
LANGUAGE plpgsql AS $$
DECLARE
    filled bigint;
BEGIN
    INSERT INTO view_checkpoints (view) SELECT unnest(ARRAY[of_view, copy]) ORDER BY 1 ON CONFLICT DO NOTHING;
    PERFORM FROM view_checkpoints WHERE view IN (of_view, copy) ORDER BY view FOR UPDATE;
    SELECT view, position INTO other, actual FROM view_checkpoints
    WHERE view IN (of_view, copy) AND position <> expected ORDER BY view = copy LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT generation INTO STRICT filled FROM view_checkpoints WHERE view = copy;
    UPDATE view_checkpoints SET position = 0, generation = nextval('view_generations'), revision = revision + 1
    WHERE view = copy;
    UPDATE view_checkpoints SET generation = filled, revision = revision + 1 WHERE view = of_view;
END
$$;

-- Compares two views behind a key, tenant by tenant, over few more than `most` rows of each.
-- Gives the number of keys in both or one, those of rows that are not the same to the byte, and behind which key to go on, if any.
CREATE FUNCTION compare_views(
    of_view text, copy text, most bigint,
    INOUT tenant uuid, INOUT session uuid, INOUT behind text,
    OUT compared bigint, OUT tenants uuid[], OUT sessions uuid[], OUT ids text[]
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    lived bigint := (SELECT generation FROM view_checkpoints WHERE view = of_view);
    filled bigint := (SELECT generation FROM view_checkpoints WHERE view = copy);
    last_session uuid;
    last_id text COLLATE "C";
BEGIN
    SELECT 0, '{}', '{}', '{}' INTO compared, tenants, sessions, ids;
    FOR visited IN 1 .. most LOOP
        -- What lies behind this is not read of both.
        SELECT session_id, id INTO last_session, last_id FROM (
            (SELECT session_id, id FROM view_rows
            WHERE tenant_id = tenant AND generation = lived AND (session_id, id) > (session, behind)
            ORDER BY session_id, id OFFSET most - 1 LIMIT 1)
            UNION ALL
            (SELECT session_id, id FROM view_rows
            WHERE tenant_id = tenant AND generation = filled AND (session_id, id) > (session, behind)
            ORDER BY session_id, id OFFSET most - 1 LIMIT 1)
        ) AS ends ORDER BY session_id, id LIMIT 1;
        SELECT compared + count(*), tenants || array_agg(tenant) FILTER (WHERE unlike),
            sessions || array_agg(session_id) FILTER (WHERE unlike), ids || array_agg(id) FILTER (WHERE unlike)
        INTO compared, tenants, sessions, ids
        FROM (
            SELECT session_id, id, (one.status, one.kind, one.person, one.rank, one.document::text, one.position)
                IS DISTINCT FROM (two.status, two.kind, two.person, two.rank, two.document::text, two.position) AS unlike
            FROM (
                SELECT * FROM view_rows
                WHERE tenant_id = tenant AND generation = lived AND (session_id, id) > (session, behind)
                ORDER BY session_id, id LIMIT most
            ) AS one FULL JOIN (
                SELECT * FROM view_rows
                WHERE tenant_id = tenant AND generation = filled AND (session_id, id) > (session, behind)
                ORDER BY session_id, id LIMIT most
            ) AS two USING (session_id, id)
        ) AS pairs
        WHERE last_session IS NULL OR (session_id, id) <= (last_session, last_id);
        IF last_session IS NOT NULL THEN
            SELECT last_session, last_id INTO session, behind;
            RETURN;
        END IF;
        tenant := (SELECT tenant_id FROM view_rows WHERE tenant_id > tenant ORDER BY tenant_id LIMIT 1);
        SELECT '00000000-0000-0000-0000-000000000000', '' INTO session, behind;
        EXIT WHEN tenant IS NULL OR compared >= most;
    END LOOP;
END
$$;

ALTER TABLE view_rows        ENABLE ROW LEVEL SECURITY;
ALTER TABLE view_rows        FORCE ROW LEVEL SECURITY;
ALTER TABLE view_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE view_checkpoints FORCE ROW LEVEL SECURITY;

CREATE POLICY view_rows_of_the_tenant ON view_rows FOR SELECT TO acta_serve
    USING (tenant_id = (SELECT tenant_of_setting(current_setting('app.tenant_id', true))));
CREATE POLICY view_rows_of_everybody ON view_rows TO acta_project USING (true) WITH CHECK (true);
CREATE POLICY view_checkpoints_are_read ON view_checkpoints FOR SELECT TO acta_serve USING (true);
CREATE POLICY view_checkpoints_are_moved ON view_checkpoints TO acta_project USING (true) WITH CHECK (true);

GRANT SELECT ON view_rows, view_checkpoints TO acta_serve;
GRANT SELECT, INSERT, UPDATE, DELETE ON view_rows TO acta_project;
GRANT SELECT, INSERT, UPDATE ON view_checkpoints TO acta_project;
GRANT USAGE ON SEQUENCE view_generations TO acta_project;
