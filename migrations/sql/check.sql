-- Whether everything that was promised of the database is so; no row means that it is.

CREATE FUNCTION audit.trigger_finding(tbl oid, trigger name, function regprocedure, type int,
                                      arguments text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN t.oid IS NULL THEN 'trigger ' || trigger || ' is missing'
    WHEN t.tgenabled <> 'A' THEN 'trigger ' || trigger || ' is not enabled always'
    WHEN t.tgfoid <> function OR t.tgtype <> type OR t.tgqual IS NOT NULL OR t.tgattr <> ''
      OR replace(encode(t.tgargs, 'escape'), '\000', ';') <> arguments
    THEN 'trigger ' || trigger || ' is not the one that was promised'
  END
  FROM (SELECT) one LEFT JOIN pg_trigger t
    ON t.tgrelid = tbl AND t.tgname = trigger AND NOT t.tgisinternal
$$;

-- A function as it is: owner, rights, settings and text.
CREATE FUNCTION audit.function_digest(signature text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n', pg_get_userbyid(p.proowner), p.prosecdef,
    p.provolatile, p.proconfig, l.lanname, p.prosrc, p.prosqlbody), 'UTF8')), 'hex')
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid = to_regprocedure(signature)
$$;

-- pg_trigger.tgtype: row 1, before 2, insert 4, delete 8, update 16, truncate 32.
CREATE FUNCTION audit.guard_findings() RETURNS TABLE (place text, finding text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH guarded AS (
    SELECT g.name, g.kind, g.key_columns, g.secret_columns, to_regclass(g.name)::oid AS tbl
    FROM audit.guard g WHERE g.kind <> 'function'
    UNION ALL
    SELECT i.inhrelid::regclass::text, 'ledger', '', '', i.inhrelid
    FROM pg_inherits i WHERE i.inhparent = 'audit.entry'::regclass AND EXISTS (
      SELECT FROM pg_class c WHERE c.oid = i.inhrelid AND c.relkind IN ('r', 'p'))
  ), house AS (
    SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname IN (
      SELECT split_part(g.name, '.', 1) FROM audit.guard g)
  ), login AS (
    SELECT r.oid, r.rolname, r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole
             OR r.rolcreatedb AS mighty
    FROM pg_roles r WHERE r.rolname IN ('batchline_app', 'batchline_sealer', 'batchline_auditor',
                                        'batchline_collector')
  )
  SELECT name, 'the table is missing' FROM guarded WHERE tbl IS NULL
  UNION ALL
  SELECT name, f FROM guarded, audit.trigger_finding(tbl, 'capture', 'audit.capture()', 29,
    key_columns || ';' || secret_columns || ';') f
  WHERE kind = 'recorded' AND tbl IS NOT NULL AND f IS NOT NULL
  UNION ALL
  SELECT name, f FROM guarded, audit.trigger_finding(tbl, 'keep_rows', 'audit.forbid()', 42, '') f
  WHERE kind = 'recorded' AND tbl IS NOT NULL AND f IS NOT NULL
  UNION ALL
  SELECT name, f FROM guarded, audit.trigger_finding(tbl, 'append_only', 'audit.forbid()', 58, '') f
  WHERE kind IN ('raw', 'ledger') AND tbl IS NOT NULL AND f IS NOT NULL
  UNION ALL
  SELECT 'audit.change', f
  FROM audit.trigger_finding('audit.change'::regclass, 'explained', 'audit.must_be_explained()', 5,
    '') f WHERE f IS NOT NULL
  UNION ALL
  SELECT 'audit.change', 'trigger explained does not wait for the commit' FROM pg_trigger t
  WHERE t.tgrelid = 'audit.change'::regclass AND t.tgname = 'explained'
    AND NOT (t.tgdeferrable AND t.tginitdeferred)
  UNION ALL
  SELECT g.name, CASE WHEN p.oid IS NULL THEN 'the function is missing'
                      ELSE 'the function is not the one that was promised' END
  FROM audit.guard g LEFT JOIN pg_proc p ON p.oid = to_regprocedure(g.name)
  WHERE g.kind = 'function' AND g.digest IS DISTINCT FROM audit.function_digest(g.name)
  UNION ALL
  SELECT h.nspname || '.' || c.relname, 'the table says no kind: it is not guarded'
  FROM pg_class c JOIN house h ON h.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND c.oid NOT IN (SELECT tbl FROM guarded WHERE tbl IS NOT NULL)
  UNION ALL
  SELECT h.nspname || '.' || c.relname, 'it belongs to ' || pg_get_userbyid(c.relowner)
  FROM pg_class c JOIN house h ON h.oid = c.relnamespace
  WHERE pg_get_userbyid(c.relowner) <> 'batchline_owner'
  UNION ALL
  SELECT g.name, l.rolname || ' may ' || p
  FROM guarded g, login l, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p
  WHERE g.tbl IS NOT NULL AND g.kind IN ('recorded', 'raw', 'ledger', 'kept')
    AND has_table_privilege(l.oid, g.tbl, p)
    AND NOT (l.rolname = 'batchline_app' AND g.kind = 'recorded' AND g.name NOT LIKE 'audit.%'
             AND p IN ('INSERT', 'UPDATE'))
    AND NOT (l.rolname = 'batchline_app' AND g.kind = 'raw' AND p = 'INSERT')
    AND NOT (l.rolname = 'batchline_collector' AND g.name = 'readings.reading' AND p = 'INSERT')
    AND NOT (l.rolname = 'batchline_sealer' AND p = 'INSERT' AND g.name IN
             ('audit.site_leaf', 'audit.tile', 'audit.sealing', 'audit.checkpoint'))
  UNION ALL
  SELECT g.name, l.rolname || ' may ' || p
  FROM guarded g, login l, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p
  WHERE g.tbl IS NOT NULL AND g.kind IN ('derived', 'operational')
    AND l.rolname <> 'batchline_app' AND has_table_privilege(l.oid, g.tbl, p)
    AND NOT (l.rolname = 'batchline_collector' AND g.name = 'readings.live'
             AND p IN ('INSERT', 'UPDATE'))
  UNION ALL
  SELECT p.oid::regprocedure::text, l.rolname || ' may EXECUTE'
  FROM pg_proc p CROSS JOIN login l
  WHERE p.pronamespace = 'audit'::regnamespace AND has_function_privilege(l.oid, p.oid, 'EXECUTE')
    AND p.proname <> 'guard_findings'
    AND NOT (l.rolname IN ('batchline_app', 'batchline_sealer') AND p.proname IN ('append', 'keep'))
    AND NOT (l.rolname = 'batchline_app' AND p.proname = 'hold')
    AND NOT (l.rolname = 'batchline_sealer' AND p.proname IN ('make_months', 'forget_told'))
  UNION ALL
  SELECT 'role ' || l.rolname, 'it has rights over the whole server' FROM login l WHERE l.mighty
  UNION ALL
  SELECT 'role ' || l.rolname, 'it may act as ' || r.rolname FROM login l JOIN pg_roles r
    ON r.oid <> l.oid AND pg_has_role(l.oid, r.oid, 'MEMBER') WHERE NOT l.mighty
  UNION ALL
  SELECT 'event trigger ' || wanted.name, 'it is missing, or not enabled always'
  FROM (VALUES ('batchline_ddl', 'audit.ddl()'), ('batchline_drop', 'audit.dropped()'))
    wanted (name, function)
  WHERE NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = wanted.name
    AND e.evtenabled = 'A' AND e.evtfoid = to_regprocedure(wanted.function) AND e.evttags IS NULL)
  UNION ALL
  SELECT 'role ' || r.rolname, 'its settings switch triggers off' FROM pg_db_role_setting s
  JOIN pg_roles r ON r.oid = s.setrole
  WHERE array_to_string(s.setconfig, ' ') LIKE '%session_replication_role%'
  ORDER BY 1, 2
$$;
