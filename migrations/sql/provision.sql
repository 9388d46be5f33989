-- What only a superuser can set up in a database before `ebr migrate`: five logins, each with a
-- connection string of its own, and the watch over DDL. May be run again at any time.
DO $$
DECLARE
  login text;
BEGIN
  FOREACH login IN ARRAY ARRAY['batchline_owner', 'batchline_app', 'batchline_sealer',
                               'batchline_auditor', 'batchline_collector'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN', login);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody set up another database of this server at the same moment
      END;
    END IF;
  END LOOP;
  IF NOT EXISTS (
    SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
    WHERE r.rolname = 'batchline_auditor' AND s.setdatabase = 0
      AND 'default_transaction_read_only=on' = ANY (s.setconfig)
  ) THEN
    ALTER ROLE batchline_auditor SET default_transaction_read_only = on;
  END IF;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO batchline_owner', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO batchline_app, batchline_sealer, batchline_auditor, '
    'batchline_collector', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION batchline_owner;

-- Event triggers belong to a superuser, what they do belongs to the owner: the ledger's migration
-- puts the text into these two.
DO $$
BEGIN
  IF to_regprocedure('audit.ddl()') IS NULL THEN
    CREATE FUNCTION audit.ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE FUNCTION audit.dropped() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    ALTER FUNCTION audit.ddl() OWNER TO batchline_owner;
    ALTER FUNCTION audit.dropped() OWNER TO batchline_owner;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'batchline_ddl') THEN
    CREATE EVENT TRIGGER batchline_ddl ON ddl_command_end EXECUTE FUNCTION audit.ddl();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'batchline_drop') THEN
    CREATE EVENT TRIGGER batchline_drop ON sql_drop EXECUTE FUNCTION audit.dropped();
  END IF;
  ALTER EVENT TRIGGER batchline_ddl ENABLE ALWAYS;
  ALTER EVENT TRIGGER batchline_drop ENABLE ALWAYS;
END $$;
