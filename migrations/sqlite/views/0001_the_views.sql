-- Read models: documents with a few indexed columns. Everything here can be made again from the log.
CREATE TABLE view_rows (
    view        TEXT    NOT NULL,
    tenant_id   BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    session_id  BLOB    NOT NULL CHECK (length(session_id) = 16),
    id          TEXT    NOT NULL,
    status      TEXT,
    kind        TEXT,
    person      TEXT,
    rank        INTEGER NOT NULL,
    document    TEXT    NOT NULL,
    position    INTEGER NOT NULL CHECK (position >= 0),
    PRIMARY KEY (view, tenant_id, session_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX view_rows_of_session ON view_rows (view, tenant_id, session_id, rank, id);
CREATE INDEX view_rows_of_tenant ON view_rows (view, tenant_id, rank, session_id, id);

-- The last position folded into each view.
CREATE TABLE view_checkpoints (
    view        TEXT    NOT NULL PRIMARY KEY,
    position    INTEGER NOT NULL CHECK (position >= 0)
) STRICT, WITHOUT ROWID;
