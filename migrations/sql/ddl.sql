-- DDL is an act too. A migration says itself what it did, and so does the opening of a month, so
-- their own statements are left out.
CREATE FUNCTION audit.record_ddl(command text, objects text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stack text;
BEGIN
  GET DIAGNOSTICS stack = PG_CONTEXT;
  IF objects IS NULL OR stack ~ 'function audit\.make_month\(timestamp with time zone\) line'
     OR to_regclass('audit.entry') IS NULL
     OR to_regprocedure('audit.append(text,bigint,text)') IS NULL
     OR NOT EXISTS (SELECT FROM audit.site)
     OR EXISTS (SELECT FROM audit.entry WHERE xid = pg_current_xact_id_if_assigned()
                  AND stream = 'system/migration'
                  AND at > transaction_timestamp() - interval '31 days')
  THEN
    RETURN;
  END IF;
  PERFORM audit.append('system/ddl', NULL, audit.own_body('system.ddl.executed',
    '{"command":' || to_json(command) || ',"objects":[' ||
    (SELECT string_agg(to_json(left(o, 512))::text, ',' ORDER BY o COLLATE "C")
       FROM unnest(objects[1:20]) o)
    || '],"statement":' || audit.cell(current_query()) || '}'));
END $$;

CREATE OR REPLACE FUNCTION audit.ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.record_ddl(TG_TAG, (SELECT array_agg(DISTINCT coalesce(c.object_identity, c.object_type))
    FROM pg_event_trigger_ddl_commands() c WHERE c.schema_name IS DISTINCT FROM 'pg_temp'));
END $$;

CREATE OR REPLACE FUNCTION audit.dropped() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.record_ddl(TG_TAG, (SELECT array_agg(DISTINCT o.object_identity)
    FROM pg_event_trigger_dropped_objects() o WHERE o.original AND NOT o.is_temporary));
END $$;

REVOKE ALL ON FUNCTION audit.record_ddl(text, text[]), audit.ddl(), audit.dropped() FROM PUBLIC;
