-- The only way into the ledger.

-- The site's name never changes, so the planner may know it.
DO $$
BEGIN
  EXECUTE format('CREATE FUNCTION audit.origin() RETURNS text LANGUAGE sql IMMUTABLE AS %L',
    format('SELECT %L', (SELECT origin FROM audit.site)));
END $$;

-- The partition of a month, made ahead of time by the sealer, or by the first act of the month.
CREATE FUNCTION audit.make_month(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz := date_trunc('month', moment);
  name text := 'entry_' || to_char(month, 'YYYY_MM');
BEGIN
  IF to_regclass('audit.' || name) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit.make_month'));
  IF to_regclass('audit.' || name) IS NOT NULL THEN RETURN; END IF;
  -- Attached, not created in place: attaching does not wait for acts that are under way.
  EXECUTE format('CREATE TABLE audit.%I (LIKE audit.entry INCLUDING ALL)', name);
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I '
    'FOR EACH STATEMENT EXECUTE FUNCTION audit.forbid()', name);
  EXECUTE format('ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER append_only', name);
  EXECUTE format('GRANT SELECT ON audit.%I TO batchline_app, batchline_sealer, batchline_auditor',
    name);
  EXECUTE format('ALTER TABLE audit.entry ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
    name, month, month + interval '1 month');
  PERFORM audit.append('system/ddl', NULL, audit.own_body('system.month.opened',
    '{"partition":"audit.' || name || '"}'));
END $$;

CREATE FUNCTION audit.make_months(ahead int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
  SELECT audit.make_month(date_trunc('month', clock_timestamp()) + n * interval '1 month')
  FROM generate_series(0, ahead) n
$$;

-- Why a body, a stream or a missing sequence is refused; called only when one is.
CREATE FUNCTION audit.refuse(stream text, expected bigint, body text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF stream IS NULL OR stream !~ '^[a-z_]+/[A-Za-z0-9._-]{1,64}$' THEN
    RAISE EXCEPTION '% is no stream of the form kind/id', stream USING ERRCODE = 'check_violation';
  ELSIF expected IS NULL AND stream !~ '^(attempt|system)/' THEN
    RAISE EXCEPTION 'an act on % says the sequence that its decision was taken on', stream
      USING ERRCODE = 'null_value_not_allowed';
  ELSIF stream = 'system/migration'
        AND NOT pg_has_role(session_user, 'batchline_owner', 'USAGE') THEN
    -- A migration that never was could hide a changed column from the reconciliation of rows.
    RAISE EXCEPTION 'only who migrates the database tells of migrations'
      USING ERRCODE = 'insufficient_privilege';
  ELSIF octet_length(body) > 32000 THEN
    RAISE EXCEPTION 'the body has % bytes; an act may say 32000', octet_length(body)
      USING ERRCODE = 'program_limit_exceeded',
            HINT = 'Longer contents belong into audit.keep, or the act into several.';
  END IF;
  RAISE EXCEPTION 'the body must be one line of canonical JSON with the members of an entry'
    USING ERRCODE = 'invalid_parameter_value';
END $$;

-- The head of a stream that begins.
CREATE FUNCTION audit.begin_stream(in_stream text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF in_stream !~ '^[a-z_]+/[A-Za-z0-9._-]{1,64}$' THEN
    PERFORM audit.refuse(in_stream, 0, '');
  END IF;
  INSERT INTO audit.head (stream, seq, hash, at)
  SELECT in_stream, 0, sha256(convert_to('batchline-genesis/v1' || E'\n' || s.origin || E'\n'
    || in_stream || E'\n', 'UTF8')), '-infinity'
  FROM audit.site s ON CONFLICT DO NOTHING;
END $$;

-- Keep everybody else from the head of a stream until this transaction ends: for an act that was
-- overtaken again and again, so that its last try is not one more.
CREATE FUNCTION audit.hold(in_stream text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM audit.head h WHERE h.stream = in_stream FOR UPDATE;
END $$;

-- Composes the leaf, inserts it, moves the head. As in audit.capture, what a common act does not
-- need is not touched.
CREATE FUNCTION audit.append(in_stream text, expected bigint, body text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  said jsonb;
  before record;
  t timestamptz;
  moment text;
  tells bool := true;
  changes text;
  held bigint;
  number bigint;
  leaf text;
  sealed bytea;
BEGIN
  IF expected IS NULL OR starts_with(in_stream, 'system/') THEN
    IF expected IS NULL AND NOT starts_with(in_stream, 'attempt/')
       AND NOT starts_with(in_stream, 'system/')
       OR in_stream = 'system/migration'
          AND NOT pg_has_role(session_user, 'batchline_owner', 'USAGE')
    THEN
      PERFORM audit.refuse(in_stream, expected, body);
    END IF;
    -- DDL comes in the middle of other acts and explains none of their changes.
    tells := in_stream <> 'system/ddl';
  END IF;
  IF (body IS JSON OBJECT WITH UNIQUE KEYS) IS NOT TRUE OR strpos(body, E'\n') > 0
     OR octet_length(body) > 32000
  THEN
    PERFORM audit.refuse(in_stream, expected, body);
  END IF;
  said := body::jsonb;
  IF said - ARRAY['act', 'actor', 'events', 'reason', 'refs', 'request', 'signatures', 'station']
       <> '{}'
     OR NOT said ?& ARRAY['act', 'actor', 'events', 'reason', 'refs', 'request', 'signatures',
                          'station']
  THEN
    PERFORM audit.refuse(in_stream, expected, body);
  END IF;
  -- Invariant: this statement only locks and reads the head. Under READ COMMITTED a waiter reads
  -- the row again after its lock was granted, so it sees the head that the winner left; what
  -- follows are statements of their own and see what the winner has committed.
  SELECT h.seq, h.hash, h.at INTO before FROM audit.head h WHERE h.stream = in_stream FOR UPDATE;
  IF before.seq IS NULL THEN
    PERFORM audit.begin_stream(in_stream);
    SELECT h.seq, h.hash, h.at INTO before FROM audit.head h
     WHERE h.stream = in_stream FOR UPDATE;
  END IF;
  IF expected <> before.seq THEN
    RAISE EXCEPTION 'stale: % is at %, not %', in_stream, before.seq, expected
      USING ERRCODE = 'BL409', DETAIL = before.seq::text;
  END IF;
  IF tells THEN
    SELECT '[' || string_agg(c.body, ',' ORDER BY c.id) || ']', max(c.id), count(*)
      INTO changes, held, number FROM audit.change c WHERE c.xid = pg_current_xact_id();
    IF held IS NOT NULL THEN
      INSERT INTO audit.told (xid, last_change) VALUES (pg_current_xact_id(), held)
      ON CONFLICT DO NOTHING;
      IF NOT FOUND THEN
        -- An earlier entry of this transaction holds some of them already.
        SELECT '[' || string_agg(c.body, ',' ORDER BY c.id) || ']', max(c.id), count(*)
          INTO changes, held, number FROM audit.change c JOIN audit.told x ON x.xid = c.xid
         WHERE c.xid = pg_current_xact_id() AND c.id > x.last_change;
        UPDATE audit.told SET last_change = held
         WHERE xid = pg_current_xact_id() AND held IS NOT NULL;
      END IF;
      IF octet_length(changes) > 32768 THEN
        changes := '{"count":' || number || ',"sha256":"'
          || audit.keep(convert_to(changes, 'UTF8')) || '","size":' || octet_length(changes) || '}';
      END IF;
    END IF;
  END IF;
  -- PI 041-1 (9.6): each act at its own true time, never the transaction's; a clock set back
  -- cannot put an entry before the one it follows.
  t := greatest(clock_timestamp(), before.at + interval '1 microsecond');
  moment := to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  IF to_regclass('audit.entry_' || replace(left(moment, 7), '-', '_')) IS NULL THEN
    -- The opening of the month is an entry itself, perhaps of this very stream.
    PERFORM audit.make_month(t);
    SELECT h.seq, h.hash, h.at INTO before FROM audit.head h WHERE h.stream = in_stream;
    t := greatest(clock_timestamp(), before.at + interval '1 microsecond');
    moment := to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  END IF;
  leaf := format(E'batchline-entry/v1\n{"at":"%s","prev":"%s","seq":%s,"site":"%s","stream":"%s",'
    '"user":%s,"xid":"%s"}\n%s\n%s', moment, encode(before.hash, 'hex'), before.seq + 1,
    audit.origin(), in_stream, to_json(session_user::text), pg_current_xact_id(), body,
    coalesce(changes, '[]'));
  sealed := sha256('\x00'::bytea || convert_to(leaf, 'UTF8'));
  INSERT INTO audit.entry (id, at, xid, stream, seq, act, person, account, station, leaf, hash,
                           last_change)
  VALUES (nextval('audit.entry_id'), t, pg_current_xact_id(), in_stream, before.seq + 1,
          said ->> 'act', said #>> '{actor,person}', said #>> '{actor,account}',
          said ->> 'station', leaf, sealed, held);
  IF said -> 'refs' <> '[]' THEN
    INSERT INTO audit.entry_ref (stream, entry)
    SELECT DISTINCT ref, currval('audit.entry_id')
      FROM jsonb_array_elements_text(said -> 'refs') ref;
  END IF;
  UPDATE audit.head h SET seq = before.seq + 1, hash = sealed, at = t WHERE h.stream = in_stream;
  RETURN sealed;
END $$;

-- What transactions that are over have told is of no use any more.
CREATE FUNCTION audit.forget_told() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM audit.told WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
$$;

-- The body of an act of the database itself.
CREATE FUNCTION audit.own_body(act text, data text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{"act":"' || act || '","actor":{"account":null,"kind":"service","name":'
    || to_json(session_user::text) || ',"person":null,"role":"database"},"events":[{"data":' || data
    || ',"kind":"' || act || '","v":1}],"reason":null,"refs":[],"request":"xid-'
    || pg_current_xact_id()::text || '","signatures":[],"station":"database"}'
$$;
