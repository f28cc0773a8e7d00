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
    PRIMARY KEY (tenant_id, generation, session_id, id)
) WITH (fillfactor = 70);

CREATE INDEX view_rows_of_session ON view_rows (tenant_id, generation, session_id, rank, id);
CREATE INDEX view_rows_of_tenant ON view_rows (tenant_id, generation, rank, session_id, id);

CREATE SEQUENCE view_generations;

-- Which generation a view is, and the last position folded into it.
CREATE TABLE view_checkpoints (
    view        text    COLLATE "C" NOT NULL PRIMARY KEY,
    generation  bigint  NOT NULL DEFAULT nextval('view_generations') UNIQUE,
    position    bigint  NOT NULL CHECK (position >= 0)
) WITH (fillfactor = 10);

ALTER TABLE view_rows        ENABLE ROW LEVEL SECURITY;
ALTER TABLE view_rows        FORCE ROW LEVEL SECURITY;
ALTER TABLE view_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE view_checkpoints FORCE ROW LEVEL SECURITY;

CREATE POLICY view_rows_of_the_tenant ON view_rows FOR SELECT TO acta_serve
    USING (tenant_id::text = (SELECT current_setting('app.tenant_id', true)));
CREATE POLICY view_rows_of_everybody ON view_rows TO acta_project USING (true) WITH CHECK (true);
CREATE POLICY view_checkpoints_are_read ON view_checkpoints FOR SELECT TO acta_serve USING (true);
CREATE POLICY view_checkpoints_are_moved ON view_checkpoints TO acta_project USING (true) WITH CHECK (true);

GRANT SELECT ON view_rows, view_checkpoints TO acta_serve;
GRANT SELECT, INSERT, UPDATE, DELETE ON view_rows, view_checkpoints TO acta_project;
GRANT USAGE ON SEQUENCE view_generations TO acta_project;
