-- The tables of the audit trail. All but head, request, attempt_pool, cursor and the mark of the
-- migrations are append-only for everyone.
CREATE TABLE audit.site (
  one bool PRIMARY KEY DEFAULT true CHECK (one),
  origin text NOT NULL CHECK (origin ~ '^[a-z0-9./-]{1,100}$')
);

-- The last entry of each stream; its row lock is what puts acts on one thing into one order. Heads
-- and entries have no CHECKs: only audit.append writes them, and it checks once what is given.
CREATE TABLE audit.head (
  stream text COLLATE "C" PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- The entries. `leaf` is the truth, the columns beside it are copies for searching.
CREATE SEQUENCE audit.entry_id;
CREATE TABLE audit.entry (
  id bigint NOT NULL,
  at timestamptz NOT NULL,
  xid xid8 NOT NULL,
  stream text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  act text COLLATE "C" NOT NULL,
  person text,
  account text,
  station text NOT NULL,
  leaf text NOT NULL,
  hash bytea NOT NULL,
  last_change bigint,
  PRIMARY KEY (stream, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX ix_entry_id ON audit.entry (id);
CREATE INDEX ix_entry_xid ON audit.entry (xid);
CREATE INDEX ix_entry_act ON audit.entry (act, id);
CREATE INDEX ix_entry_person ON audit.entry (person, id);
CREATE INDEX ix_entry_at ON audit.entry USING brin (at) WITH (pages_per_range = 16);

-- The other streams that an entry concerns.
CREATE TABLE audit.entry_ref (
  stream text COLLATE "C" NOT NULL,
  entry bigint NOT NULL,
  PRIMARY KEY (stream, entry)
);
CREATE INDEX ix_entry_ref_entry ON audit.entry_ref (entry);

-- Old and new cells of business rows, in the order in which they changed.
CREATE TABLE audit.change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  tbl text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  op text NOT NULL,
  body text NOT NULL
);
CREATE INDEX ix_change_xid ON audit.change (xid, id);
CREATE INDEX ix_change_key ON audit.change (tbl, key, id);

-- Up to which change an entry of this transaction has told. It is asked for within the transaction
-- only, so it need not survive a crash; audit.append writes it, the sealer clears it away.
CREATE UNLOGGED TABLE audit.told (
  xid xid8 PRIMARY KEY,
  last_change bigint NOT NULL
);

-- Contents that are too long for an entry, each once, by its SHA-256.
CREATE TABLE audit.blob (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL CHECK (size = length(content)),
  content bytea NOT NULL
);

-- The site log: every committed entry in one order, its tiles of hashes, its signed statements.
CREATE TABLE audit.site_leaf (
  idx bigint PRIMARY KEY CHECK (idx >= 0),
  entry bigint NOT NULL UNIQUE,
  hash bytea NOT NULL CHECK (length(hash) = 32)
);
CREATE TABLE audit.tile (
  level int NOT NULL CHECK (level >= 0),
  n bigint NOT NULL CHECK (n >= 0),
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, n)
);
CREATE TABLE audit.sealing (
  size bigint PRIMARY KEY CHECK (size > 0),
  horizon xid8 NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE audit.checkpoint (
  size bigint PRIMARY KEY CHECK (size >= 0),
  root bytea NOT NULL CHECK (length(root) = 32),
  note text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What each table of the house is promised to be; the guard check compares it with what is.
CREATE TABLE audit.guard (
  name text PRIMARY KEY,
  kind text NOT NULL
    CHECK (kind IN ('recorded', 'derived', 'raw', 'operational', 'ledger', 'kept', 'function')),
  key_columns text NOT NULL DEFAULT '',
  secret_columns text NOT NULL DEFAULT '',
  digest text NOT NULL DEFAULT ''
);

-- Requests that were carried out, so that the same one is answered and not done again; those of
-- the last 30 days (`ebr follow notices` clears away the others).
CREATE TABLE audit.request (
  owner text NOT NULL,
  request text NOT NULL,
  digest text NOT NULL,
  outcome text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (owner, request)
);
CREATE INDEX ix_request_at ON audit.request (at);

-- Refused attempts of nobody we know, counted by station and minute.
CREATE TABLE audit.attempt_pool (
  station text PRIMARY KEY,
  minute timestamptz NOT NULL,
  count bigint NOT NULL
);

-- Where each follower of the site log stands.
CREATE TABLE audit.cursor (
  follower text PRIMARY KEY,
  size bigint NOT NULL CHECK (size >= 0)
);
