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

CREATE FUNCTION audit.moved_key(key text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the key of a recorded row never changes: %', key
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION audit.cells(cells jsonb) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{' || string_agg('"' || c.key || '":' || CASE
      WHEN c.value IS NULL THEN 'null'
      WHEN octet_length(c.value) <= 4096 THEN to_json(c.value)::text
      ELSE audit.cell(c.value) END, ',' ORDER BY c.key COLLATE "C") || '}'
  FROM jsonb_each_text(cells) c
$$;

-- A key of several columns as canonical JSON.
CREATE FUNCTION audit.row_key(cells jsonb, columns text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{' || string_agg('"' || c || '":' || to_json(cells ->> c), ',' ORDER BY c COLLATE "C") || '}'
  FROM unnest(string_to_array(columns, ',')) c
$$;

-- Arguments: the columns of the primary key, and the secret columns, each joined by commas.
-- This runs for every changed row. Each branch is one statement, because what costs here is
-- the number of statements and expressions, not what they do.
CREATE FUNCTION audit.capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The text of a cell must not depend on who is asking.
  IF current_setting('TimeZone') <> 'UTC' OR current_setting('bytea_output') <> 'hex'
     OR current_setting('DateStyle') <> 'ISO, MDY' OR current_setting('IntervalStyle') <> 'iso_8601'
  THEN
    PERFORM set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
      set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'iso_8601', true);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    -- Texts are compared, so that 1.0 → 1.00 is a change, and saving without change is none.
    INSERT INTO audit.change (tbl, key, op, body)
    SELECT TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, k.becomes, 'UPDATE',
      CASE WHEN k.was = k.becomes THEN '{"key":' || k.becomes ELSE audit.moved_key(k.was) END
        || ',"new":{' || c.becomes || '},"old":{' || c.was || '},"op":"UPDATE","table":"'
        || TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME || '"}'
    FROM (SELECT
        CASE WHEN TG_ARGV[1] = '' THEN to_jsonb(OLD)
             ELSE audit.hide(to_jsonb(OLD), string_to_array(TG_ARGV[1], ',')) END AS was,
        CASE WHEN TG_ARGV[1] = '' THEN to_jsonb(NEW)
             ELSE audit.hide(to_jsonb(NEW), string_to_array(TG_ARGV[1], ',')) END AS becomes
      OFFSET 0) r,
    LATERAL (SELECT
        string_agg('"' || n.key || '":' || CASE WHEN n.was IS NULL THEN 'null'
          WHEN octet_length(n.was) <= 4096 THEN to_json(n.was)::text
          ELSE audit.cell(n.was) END, ',') AS was,
        string_agg('"' || n.key || '":' || CASE WHEN n.becomes IS NULL THEN 'null'
          WHEN octet_length(n.becomes) <= 4096 THEN to_json(n.becomes)::text
          ELSE audit.cell(n.becomes) END, ',') AS becomes
      FROM (SELECT e.key, e.value AS becomes, r.was ->> e.key AS was
        FROM jsonb_each_text(r.becomes) e WHERE e.value IS DISTINCT FROM r.was ->> e.key
        ORDER BY e.key COLLATE "C") n) c,
    LATERAL (SELECT
        CASE WHEN strpos(TG_ARGV[0], ',') = 0
          THEN '{"' || TG_ARGV[0] || '":' || to_json(r.was ->> TG_ARGV[0]) || '}'
          ELSE audit.row_key(r.was, TG_ARGV[0]) END AS was,
        CASE WHEN strpos(TG_ARGV[0], ',') = 0
          THEN '{"' || TG_ARGV[0] || '":' || to_json(r.becomes ->> TG_ARGV[0]) || '}'
          ELSE audit.row_key(r.becomes, TG_ARGV[0]) END AS becomes) k
    WHERE c.becomes IS NOT NULL;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO audit.change (tbl, key, op, body)
    SELECT TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, k, 'INSERT', '{"key":' || k || ',"new":'
      || audit.cells(r.row) || ',"old":null,"op":"INSERT","table":"' || TG_TABLE_SCHEMA || '.'
      || TG_TABLE_NAME || '"}'
    FROM (SELECT audit.hide(to_jsonb(NEW), string_to_array(TG_ARGV[1], ',')) AS row OFFSET 0) r,
      audit.row_key(r.row, TG_ARGV[0]) k;
  ELSE
    INSERT INTO audit.change (tbl, key, op, body)
    SELECT TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, k, 'DELETE', '{"key":' || k
      || ',"new":null,"old":' || audit.cells(r.row) || ',"op":"DELETE","table":"'
      || TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME || '"}'
    FROM (SELECT audit.hide(to_jsonb(OLD), string_to_array(TG_ARGV[1], ',')) AS row OFFSET 0) r,
      audit.row_key(r.row, TG_ARGV[0]) k;
  END IF;
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
