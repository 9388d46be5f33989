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

CREATE FUNCTION audit.cells(cells jsonb) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{' || string_agg('"' || c.key || '":' || CASE
      WHEN c.value IS NULL THEN 'null'
      WHEN octet_length(c.value) <= 4096 THEN to_json(c.value)::text
      ELSE audit.cell(c.value) END, ',' ORDER BY c.key COLLATE "C") || '}'
  FROM jsonb_each_text(cells) c
$$;

-- Arguments: the columns of the primary key, and the secret columns, each joined by commas.
CREATE FUNCTION audit.capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was jsonb;
  becomes jsonb;
  old_cells text := 'null';
  new_cells text := 'null';
  key_cells text;
  name text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
BEGIN
  -- The text of a cell must not depend on who is asking.
  IF current_setting('TimeZone') <> 'UTC' OR current_setting('bytea_output') <> 'hex'
     OR current_setting('DateStyle') <> 'ISO, MDY' OR current_setting('IntervalStyle') <> 'iso_8601'
  THEN
    PERFORM set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
      set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'iso_8601', true);
  END IF;
  IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW); END IF;
  IF TG_ARGV[1] <> '' THEN
    was := audit.hide(was, string_to_array(TG_ARGV[1], ','));
    becomes := audit.hide(becomes, string_to_array(TG_ARGV[1], ','));
  END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT '{' || string_agg('"' || c.key || '":' || CASE
             WHEN octet_length(was ->> c.key) <= 4096 THEN to_json(was ->> c.key)::text
             ELSE audit.cell(was ->> c.key) END, ',' ORDER BY c.key COLLATE "C") || '}',
           '{' || string_agg('"' || c.key || '":' || CASE
             WHEN octet_length(c.value) <= 4096 THEN to_json(c.value)::text
             ELSE audit.cell(c.value) END, ',' ORDER BY c.key COLLATE "C") || '}'
      INTO old_cells, new_cells
      FROM jsonb_each_text(becomes) c WHERE c.value IS DISTINCT FROM was ->> c.key;
    -- Texts are compared, so that 1.0 → 1.00 is a change, and saving without change is none.
    IF old_cells IS NULL THEN RETURN NULL; END IF;
  ELSIF TG_OP = 'INSERT' THEN
    new_cells := audit.cells(becomes);
  ELSE
    old_cells := audit.cells(was);
  END IF;
  IF strpos(TG_ARGV[0], ',') = 0 THEN
    key_cells := '{"' || TG_ARGV[0] || '":' || to_json(coalesce(becomes, was) ->> TG_ARGV[0]) || '}';
  ELSE
    SELECT '{' || string_agg('"' || c || '":' || to_json(coalesce(becomes, was) ->> c), ','
             ORDER BY c COLLATE "C") || '}'
      INTO key_cells FROM unnest(string_to_array(TG_ARGV[0], ',')) c;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM unnest(string_to_array(TG_ARGV[0], ',')) c
                                  WHERE becomes ->> c IS DISTINCT FROM was ->> c) THEN
    RAISE EXCEPTION 'the key of a recorded row never changes: % %', name, key_cells
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit.change (tbl, key, op, body) VALUES (name, key_cells, TG_OP,
    '{"key":' || key_cells || ',"new":' || new_cells || ',"old":' || old_cells
    || ',"op":"' || TG_OP || '","table":"' || name || '"}');
  RETURN NULL;
END $$;

-- Deferred to the commit: a captured change that no entry holds undoes the whole transaction.
-- 11.10(e): a change is captured and explained, or refused. The bound on `at` lets the planner
-- leave out old months; a clock that jumps back further than that refuses, it does not admit.
CREATE FUNCTION audit.must_be_explained() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit.entry WHERE xid = NEW.xid AND last_change >= NEW.id
                   AND at > transaction_timestamp() - interval '31 days') THEN
    RAISE EXCEPTION 'unexplained change of % %', NEW.tbl, NEW.key
      USING ERRCODE = 'integrity_constraint_violation',
            HINT = 'Call audit.append last in the transaction: it says who, what and why.';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER explained AFTER INSERT ON audit.change
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.must_be_explained();
ALTER TABLE audit.change ENABLE ALWAYS TRIGGER explained;
