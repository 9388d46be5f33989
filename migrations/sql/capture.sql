-- What a changed row was and is, written down by the database whoever changed it.

CREATE FUNCTION audit.forbid() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is refused: what is recorded stays',
    TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit.keep(content bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := encode(sha256(content), 'hex');
BEGIN
  INSERT INTO audit.blob (sha256, size, content) VALUES (name, length(content), content)
  ON CONFLICT DO NOTHING;
  RETURN name;
END $$;

-- One cell as canonical JSON; long ones are kept once and named by digest.
CREATE FUNCTION audit.cell(value text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF value IS NULL THEN
    RETURN 'null';
  ELSIF octet_length(value) > 4096 THEN
    RETURN '{"sha256":"' || audit.keep(convert_to(value, 'UTF8')) || '","size":'
      || octet_length(value) || '}';
  END IF;
  RETURN to_json(value);
END $$;

-- Cells that nobody may read, a password hash or a key, enter the ledger as a digest.
CREATE FUNCTION audit.hide(cells jsonb, secrets text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_object_agg(c.key, CASE
    WHEN c.key = ANY (secrets) AND c.value IS NOT NULL
    THEN 'sha256:' || encode(sha256(convert_to(c.value, 'UTF8')), 'hex') ELSE c.value END)
  FROM jsonb_each_text(cells) c
$$;

-- A key of several columns as canonical JSON.
CREATE FUNCTION audit.row_key(cells jsonb, columns text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{' || string_agg('"' || c || '":' || to_json(cells ->> c), ',' ORDER BY c COLLATE "C") || '}'
  FROM unnest(string_to_array(columns, ',')) c
$$;

-- Arguments: the columns of the primary key, and the secret columns, each joined by commas.
-- This runs for every changed row, mostly in a connection whose memory other processes have pushed
-- out of the processor's caches: what costs is the number of statements and expressions, not what
-- they do. So a row of few short cells goes the short way.
CREATE FUNCTION audit.capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was jsonb;
  becomes jsonb;
  old_cells text;
  new_cells text;
  row_key text;
BEGIN
  -- The text of a cell must not depend on who is asking.
  IF current_setting('TimeZone') <> 'UTC' OR current_setting('bytea_output') <> 'hex'
     OR current_setting('DateStyle') <> 'ISO, MDY' OR current_setting('IntervalStyle') <> 'iso_8601'
  THEN
    PERFORM set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
      set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'iso_8601', true);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    was := to_jsonb(OLD);
    becomes := to_jsonb(NEW);
    IF TG_ARGV[1] <> '' THEN
      was := audit.hide(was, string_to_array(TG_ARGV[1], ','));
      becomes := audit.hide(becomes, string_to_array(TG_ARGV[1], ','));
    END IF;
    -- Texts are compared, so that 1.0 → 1.00 is a change, and saving without change is none.
    SELECT string_agg('"' || c.key || '":' || coalesce(to_json(was ->> c.key)::text, 'null'), ','
                      ORDER BY c.key COLLATE "C"),
           string_agg('"' || c.key || '":' || coalesce(to_json(c.value)::text, 'null'), ','
                      ORDER BY c.key COLLATE "C")
      INTO old_cells, new_cells
      FROM jsonb_each_text(becomes) c WHERE c.value IS DISTINCT FROM was ->> c.key;
    IF (octet_length(old_cells || new_cells) <= 4096) IS NOT TRUE THEN
      IF new_cells IS NULL THEN RETURN NULL; END IF;
      SELECT string_agg('"' || c.key || '":' || audit.cell(was ->> c.key), ','
                        ORDER BY c.key COLLATE "C"),
             string_agg('"' || c.key || '":' || audit.cell(c.value), ',' ORDER BY c.key COLLATE "C")
        INTO old_cells, new_cells
        FROM jsonb_each_text(becomes) c WHERE c.value IS DISTINCT FROM was ->> c.key;
    END IF;
    row_key := CASE WHEN becomes ->> TG_ARGV[0] = was ->> TG_ARGV[0]
      THEN '{"' || TG_ARGV[0] || '":' || to_json(becomes ->> TG_ARGV[0]) || '}' END;
    IF row_key IS NULL THEN
      row_key := audit.row_key(becomes, TG_ARGV[0]);
      IF row_key <> audit.row_key(was, TG_ARGV[0]) THEN
        RAISE EXCEPTION 'the key of a recorded row never changes: %', row_key
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
    END IF;
    INSERT INTO audit.change (tbl, key, op, body)
    VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, row_key, 'UPDATE', '{"key":' || row_key
      || ',"new":{' || new_cells || '},"old":{' || old_cells || '},"op":"UPDATE","table":"'
      || TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME || '"}');
    RETURN NULL;
  END IF;
  becomes := CASE TG_OP WHEN 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
  IF TG_ARGV[1] <> '' THEN
    becomes := audit.hide(becomes, string_to_array(TG_ARGV[1], ','));
  END IF;
  SELECT string_agg('"' || c.key || '":' || coalesce(to_json(c.value)::text, 'null'), ','
                    ORDER BY c.key COLLATE "C")
    INTO new_cells FROM jsonb_each_text(becomes) c;
  IF octet_length(new_cells) > 4096 THEN
    SELECT string_agg('"' || c.key || '":' || audit.cell(c.value), ',' ORDER BY c.key COLLATE "C")
      INTO new_cells FROM jsonb_each_text(becomes) c;
  END IF;
  row_key := '{"' || TG_ARGV[0] || '":' || to_json(becomes ->> TG_ARGV[0]) || '}';
  IF row_key IS NULL THEN
    row_key := audit.row_key(becomes, TG_ARGV[0]);
  END IF;
  INSERT INTO audit.change (tbl, key, op, body)
  VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, row_key, TG_OP, '{"key":' || row_key
    || CASE TG_OP WHEN 'INSERT' THEN ',"new":{' || new_cells || '},"old":null'
                  ELSE ',"new":null,"old":{' || new_cells || '}' END
    || ',"op":"' || TG_OP || '","table":"' || TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME || '"}');
  RETURN NULL;
END $$;

-- Deferred to the commit: a captured change that no entry holds undoes the whole transaction.
-- 11.10(e): a change is captured and explained, or refused.
CREATE FUNCTION audit.must_be_explained() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit.told WHERE xid = NEW.xid AND last_change >= NEW.id) THEN
    RAISE EXCEPTION 'unexplained change of % %', NEW.tbl, NEW.key
      USING ERRCODE = 'integrity_constraint_violation',
            HINT = 'Call audit.append last in the transaction: it says who, what and why.';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER explained AFTER INSERT ON audit.change
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.must_be_explained();
ALTER TABLE audit.change ENABLE ALWAYS TRIGGER explained;
