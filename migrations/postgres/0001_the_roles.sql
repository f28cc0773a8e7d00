-- Whose rights the service works with. Neither can log in: a login that is a member of both takes on the one that it needs.
-- A database administrator may make them beforehand; then nothing happens here.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['acta_serve', 'acta_project'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- Another database of the same server was migrated at the same moment.
            END;
        END IF;
    END LOOP;
END
$$;

-- Of the tables here, only the owner keeps this one.
ALTER TABLE _sqlx_migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE _sqlx_migrations FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations_are_kept_by_the_owner ON _sqlx_migrations TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY migrations_are_seen_by_the_service ON _sqlx_migrations FOR SELECT TO acta_serve, acta_project USING (true);
GRANT SELECT ON _sqlx_migrations TO acta_serve, acta_project;

-- The tenant that a setting names; none if it is unset, empty, or anything else than one UUID. Compared as a UUID, it makes a policy
-- one test of a whole statement; compared as text it would be a filter whose effect the planner has to guess.
CREATE FUNCTION tenant_of_setting(setting text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN setting ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN setting::uuid END
$$;

-- The tenants that a setting names, separated by commas; none if it is anything else.
CREATE FUNCTION tenants_of_setting(setting text) RETURNS uuid[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN setting ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(,[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})*$'
        THEN string_to_array(setting, ',')::uuid[] END
$$;
