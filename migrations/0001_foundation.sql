-- People, sessions, money, jobs and pictures. Times are integer milliseconds UTC. Described in docs/storage.md.
--
-- Money moves only through triggers: inserting a generation holds its cost, `succeeded` captures it,
-- `failed` and `canceled` release it. State and money are one write and can't disagree.

CREATE TABLE users (
  id                TEXT PRIMARY KEY,
  email             TEXT NOT NULL UNIQUE CHECK (email = lower(trim(email))),
  name              TEXT NOT NULL DEFAULT '',
  role              TEXT NOT NULL DEFAULT 'USER' CHECK (role IN ('USER', 'ADMIN', 'HERO')),
  password_hash     TEXT,
  email_verified_at INTEGER,
  disabled_at       INTEGER,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_role ON users (role, id);

-- Only the SHA-256 of a session token is stored.
CREATE TABLE sessions (
  token_hash          TEXT PRIMARY KEY,
  id                  TEXT NOT NULL UNIQUE,
  user_id             TEXT NOT NULL REFERENCES users (id),
  method              TEXT NOT NULL,
  user_agent          TEXT NOT NULL DEFAULT '',
  created_at          INTEGER NOT NULL,
  last_used_at        INTEGER NOT NULL,
  expires_at          INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Counters of refused sign-ins and the like: one row a key and window.
CREATE TABLE rate_counters (
  key        TEXT NOT NULL,
  window_at  INTEGER NOT NULL,
  count      INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (key, window_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_counters_by_expiry ON rate_counters (expires_at);

-- No reference to users: the account and its entries outlive a deleted person, as a pseudonym.
CREATE TABLE credit_accounts (
  user_id    TEXT PRIMARY KEY,
  available  INTEGER NOT NULL DEFAULT 0 CHECK (typeof(available) = 'integer' AND available >= 0),
  held       INTEGER NOT NULL DEFAULT 0 CHECK (typeof(held) = 'integer' AND held >= 0),
  last_entry INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- A person and the account are one write.
CREATE TRIGGER users_open_account AFTER INSERT ON users
BEGIN INSERT INTO credit_accounts (user_id) VALUES (NEW.id); END;

-- The ledger. Amounts are signed whole credits; the balance is the sum of the entries.
CREATE TABLE credit_entries (
  id            INTEGER PRIMARY KEY,
  user_id       TEXT NOT NULL REFERENCES credit_accounts (user_id),
  kind          TEXT NOT NULL CHECK (kind IN ('grant', 'revoke', 'purchase', 'refund', 'hold', 'capture', 'release')),
  available     INTEGER NOT NULL,
  held          INTEGER NOT NULL,
  op_key        TEXT NOT NULL UNIQUE,
  request_hash  TEXT,
  generation_id TEXT,
  actor_id      TEXT,
  reason        TEXT,
  created_at    INTEGER NOT NULL,
  -- length(NULL) is NULL and NULL passes a CHECK: coalesce makes a missing reason a refused one.
  CHECK (CASE kind
    WHEN 'hold'    THEN available < 0 AND held = -available AND generation_id IS NOT NULL AND op_key = 'hold:' || generation_id
    WHEN 'capture' THEN available = 0 AND held < 0 AND generation_id IS NOT NULL AND op_key = 'settle:' || generation_id
    WHEN 'release' THEN available > 0 AND held = -available AND generation_id IS NOT NULL AND op_key = 'settle:' || generation_id
    WHEN 'grant'   THEN available > 0 AND held = 0 AND coalesce(length(trim(reason)), 0) >= 3 AND actor_id IS NOT NULL
    WHEN 'revoke'  THEN available < 0 AND held = 0 AND coalesce(length(trim(reason)), 0) >= 3 AND actor_id IS NOT NULL
    ELSE available > 0 AND held = 0 END),
  -- A grant under a job's key would keep that job from ever being settled.
  CHECK (kind IN ('hold', 'capture', 'release') OR (op_key NOT GLOB 'hold:*' AND op_key NOT GLOB 'settle:*'))
) STRICT;
CREATE INDEX credit_entries_by_user ON credit_entries (user_id, id);
CREATE INDEX credit_entries_by_generation ON credit_entries (generation_id) WHERE generation_id IS NOT NULL;

-- recursive_triggers is 0 on D1: INSERT OR REPLACE deletes without firing DELETE triggers, so it is refused at the insert.
CREATE TRIGGER credit_entries_no_duplicate BEFORE INSERT ON credit_entries
WHEN EXISTS (SELECT 1 FROM credit_entries WHERE op_key = NEW.op_key) OR EXISTS (SELECT 1 FROM credit_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'DUPLICATE_OPERATION'); END;

-- A job's money moves only with the job's state, and a settlement gives back or takes exactly what its hold took.
CREATE TRIGGER credit_entries_follow_generation BEFORE INSERT ON credit_entries WHEN NEW.kind IN ('hold', 'capture', 'release')
BEGIN
  SELECT RAISE(ABORT, 'ENTRY_WITHOUT_GENERATION') WHERE NOT EXISTS (
    SELECT 1 FROM generations g
    WHERE g.id = NEW.generation_id AND g.user_id = NEW.user_id AND g.cost = abs(NEW.held) AND CASE NEW.kind
      WHEN 'hold'    THEN g.status = 'queued'
      WHEN 'capture' THEN g.status = 'succeeded'
      ELSE g.status IN ('failed', 'canceled') END);
  SELECT RAISE(ABORT, 'NO_MATCHING_HOLD') WHERE NEW.kind <> 'hold' AND NOT EXISTS (
    SELECT 1 FROM credit_entries h
    WHERE h.op_key = 'hold:' || NEW.generation_id AND h.user_id = NEW.user_id AND h.held = -NEW.held);
END;

-- The last line holds against INSERT OR IGNORE, which would otherwise swallow a refused balance and keep the entry.
CREATE TRIGGER credit_entries_apply AFTER INSERT ON credit_entries
BEGIN
  SELECT RAISE(ABORT, 'INSUFFICIENT_CREDITS') FROM credit_accounts WHERE user_id = NEW.user_id AND available + NEW.available < 0;
  UPDATE credit_accounts SET available = available + NEW.available, held = held + NEW.held, last_entry = NEW.id
  WHERE user_id = NEW.user_id;
  SELECT RAISE(ABORT, 'ENTRY_NOT_APPLIED') WHERE NOT EXISTS (
    SELECT 1 FROM credit_accounts WHERE user_id = NEW.user_id AND last_entry = NEW.id);
END;

CREATE TRIGGER credit_entries_no_update BEFORE UPDATE ON credit_entries BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER credit_entries_no_delete BEFORE DELETE ON credit_entries BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;

CREATE TRIGGER credit_accounts_no_replace BEFORE INSERT ON credit_accounts
WHEN EXISTS (SELECT 1 FROM credit_accounts WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER credit_accounts_open_zero BEFORE INSERT ON credit_accounts
WHEN NEW.available <> 0 OR NEW.held <> 0 OR NEW.last_entry <> 0
BEGIN SELECT RAISE(ABORT, 'BALANCE_ONLY_VIA_LEDGER'); END;

-- Nobody writes a balance except through an entry: the change must equal the new entry named by last_entry.
CREATE TRIGGER credit_accounts_guard BEFORE UPDATE ON credit_accounts
WHEN NEW.user_id <> OLD.user_id OR NEW.last_entry <= OLD.last_entry OR NOT EXISTS (
  SELECT 1 FROM credit_entries e WHERE e.id = NEW.last_entry AND e.user_id = NEW.user_id
    AND e.available = NEW.available - OLD.available AND e.held = NEW.held - OLD.held)
BEGIN SELECT RAISE(ABORT, 'BALANCE_ONLY_VIA_LEDGER'); END;

CREATE TRIGGER credit_accounts_no_delete BEFORE DELETE ON credit_accounts
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_PERMANENT'); END;

-- What a person asked for, once: one to eight pictures under one Idempotency-Key.
CREATE TABLE briefs (
  id              TEXT PRIMARY KEY,
  user_id         TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash    TEXT NOT NULL,
  event_type      TEXT NOT NULL,
  style           TEXT,
  quality         TEXT NOT NULL,
  body            TEXT NOT NULL,
  title           TEXT NOT NULL,
  prompt          TEXT NOT NULL,
  magic_prompt    TEXT NOT NULL CHECK (magic_prompt IN ('auto', 'on', 'off')),
  pictures        INTEGER NOT NULL CHECK (pictures BETWEEN 1 AND 8),
  cost            INTEGER NOT NULL CHECK (cost > 0),
  created_at      INTEGER NOT NULL,
  UNIQUE (user_id, idempotency_key)
) STRICT;
CREATE TRIGGER briefs_no_replace BEFORE INSERT ON briefs
WHEN EXISTS (SELECT 1 FROM briefs WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM briefs WHERE user_id = NEW.user_id AND idempotency_key = NEW.idempotency_key)
BEGIN SELECT RAISE(IGNORE); END;
-- What makes a repeat recognisable and what was paid for. The texts may go when an account is erased.
CREATE TRIGGER briefs_frozen BEFORE UPDATE OF id, user_id, idempotency_key, request_hash, pictures, cost ON briefs
BEGIN SELECT RAISE(ABORT, 'BRIEF_IMMUTABLE'); END;

-- One picture: the job, and the outbox of its queue message. due_at is when the sweeper has to look; NULL when ended.
-- resume_at is when the message that this job waits for is planned to come: an earlier one is a duplicate.
-- submit_started_at stays for as long as a purchase is under way, made, or of unknown outcome.
CREATE TABLE generations (
  id                     TEXT PRIMARY KEY,
  brief_id               TEXT NOT NULL REFERENCES briefs (id),
  position               INTEGER NOT NULL,
  user_id                TEXT NOT NULL,
  status                 TEXT NOT NULL DEFAULT 'queued'
                         CHECK (status IN ('queued', 'processing', 'succeeded', 'failed', 'canceled')),
  cost                   INTEGER NOT NULL CHECK (cost > 0),
  shape                  TEXT NOT NULL,
  alt                    TEXT NOT NULL,
  model                  TEXT NOT NULL,
  provider_size          TEXT NOT NULL,
  width                  INTEGER NOT NULL CHECK (width BETWEEN 64 AND 4096),
  height                 INTEGER NOT NULL CHECK (height BETWEEN 64 AND 4096),
  seed                   INTEGER,
  step                   TEXT NOT NULL DEFAULT 'queued'
                         CHECK (step IN ('queued', 'submitting', 'generating', 'downloading', 'storing')),
  step_at                INTEGER NOT NULL,
  attempt                INTEGER NOT NULL DEFAULT 0,
  failures               INTEGER NOT NULL DEFAULT 0,
  lease                  TEXT,
  due_at                 INTEGER,
  resume_at              INTEGER NOT NULL DEFAULT 0,
  submit_started_at      INTEGER,
  provider_generation_id TEXT,
  error_code             TEXT,
  review                 TEXT CHECK (review IN ('submit_unknown', 'paid_not_delivered')),
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER NOT NULL,
  UNIQUE (brief_id, position),
  CHECK ((status IN ('succeeded', 'failed', 'canceled')) = (due_at IS NULL)),
  CHECK ((status IN ('failed', 'canceled')) = (error_code IS NOT NULL)),
  CHECK (lease IS NULL OR status = 'processing'),
  CHECK (provider_generation_id IS NULL OR submit_started_at IS NOT NULL),
  -- Queued can be canceled and claimed as new: never with something at the provider.
  CHECK (submit_started_at IS NULL OR status NOT IN ('queued', 'canceled'))
) STRICT;
CREATE INDEX generations_by_user ON generations (user_id, id);
CREATE INDEX generations_by_hour ON generations (user_id, created_at);
CREATE INDEX generations_open ON generations (user_id) WHERE status IN ('queued', 'processing');
CREATE INDEX generations_due ON generations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX generations_waiting ON generations (id) WHERE status = 'queued';
CREATE INDEX generations_at_provider ON generations (submit_started_at)
  WHERE status = 'processing' AND step IN ('submitting', 'generating');
CREATE INDEX generations_to_review ON generations (updated_at) WHERE review IS NOT NULL;

CREATE TRIGGER generations_no_replace BEFORE INSERT ON generations
WHEN EXISTS (SELECT 1 FROM generations WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM generations WHERE brief_id = NEW.brief_id AND position = NEW.position)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER generations_start_queued BEFORE INSERT ON generations WHEN NEW.status <> 'queued'
BEGIN SELECT RAISE(ABORT, 'GENERATION_STARTS_QUEUED'); END;
CREATE TRIGGER generations_frozen BEFORE UPDATE OF id, brief_id, position, user_id, cost, shape ON generations
BEGIN SELECT RAISE(ABORT, 'GENERATION_IMMUTABLE'); END;
CREATE TRIGGER generations_transitions BEFORE UPDATE OF status ON generations WHEN NEW.status <> OLD.status AND NOT (
     (OLD.status = 'queued' AND NEW.status IN ('processing', 'failed', 'canceled'))
  OR (OLD.status = 'processing' AND NEW.status IN ('queued', 'succeeded', 'failed')))
BEGIN SELECT RAISE(ABORT, 'ILLEGAL_TRANSITION'); END;
-- The provider has no idempotency key: what was bought once is never forgotten, so it is never bought twice.
CREATE TRIGGER generations_keep_checkpoint BEFORE UPDATE OF provider_generation_id ON generations
WHEN OLD.provider_generation_id IS NOT NULL AND NEW.provider_generation_id IS NOT OLD.provider_generation_id
BEGIN SELECT RAISE(ABORT, 'CHECKPOINT_PERMANENT'); END;
CREATE TRIGGER generations_no_delete BEFORE DELETE ON generations WHEN OLD.status IN ('queued', 'processing')
BEGIN SELECT RAISE(ABORT, 'GENERATION_OPEN'); END;

-- Money follows state.
CREATE TRIGGER generations_hold AFTER INSERT ON generations
BEGIN
  INSERT INTO credit_entries (user_id, kind, available, held, op_key, generation_id, created_at)
  VALUES (NEW.user_id, 'hold', -NEW.cost, NEW.cost, 'hold:' || NEW.id, NEW.id, NEW.created_at);
END;
CREATE TRIGGER generations_capture AFTER UPDATE OF status ON generations
WHEN NEW.status = 'succeeded' AND OLD.status <> 'succeeded'
BEGIN
  INSERT INTO credit_entries (user_id, kind, available, held, op_key, generation_id, created_at)
  VALUES (NEW.user_id, 'capture', 0, -NEW.cost, 'settle:' || NEW.id, NEW.id, NEW.updated_at);
END;
CREATE TRIGGER generations_release AFTER UPDATE OF status ON generations
WHEN NEW.status IN ('failed', 'canceled') AND OLD.status NOT IN ('failed', 'canceled')
BEGIN
  INSERT INTO credit_entries (user_id, kind, available, held, op_key, generation_id, created_at)
  VALUES (NEW.user_id, 'release', NEW.cost, -NEW.cost, 'settle:' || NEW.id, NEW.id, NEW.updated_at);
END;

-- A picture that was validated and stored. One generation has at most one.
CREATE TABLE images (
  id            TEXT PRIMARY KEY,
  generation_id TEXT NOT NULL UNIQUE REFERENCES generations (id),
  user_id       TEXT NOT NULL,
  key           TEXT NOT NULL UNIQUE,
  thumbnail_key TEXT UNIQUE,
  format        TEXT NOT NULL CHECK (format IN ('png', 'jpeg', 'webp')),
  width         INTEGER NOT NULL CHECK (width BETWEEN 64 AND 4096),
  height        INTEGER NOT NULL CHECK (height BETWEEN 64 AND 4096),
  bytes         INTEGER NOT NULL CHECK (bytes BETWEEN 512 AND 20971520),
  sha256        TEXT NOT NULL CHECK (length(sha256) = 64),
  title         TEXT NOT NULL,
  alt           TEXT NOT NULL,
  visibility    TEXT NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
  favourite     INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
  tags          TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
  event_type    TEXT NOT NULL,
  style         TEXT,
  shape         TEXT NOT NULL,
  prompt        TEXT NOT NULL,
  seed          INTEGER,
  model         TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX images_by_user ON images (user_id, id);
CREATE INDEX images_public ON images (id) WHERE visibility = 'public';

CREATE TRIGGER images_no_replace BEFORE INSERT ON images
WHEN EXISTS (SELECT 1 FROM images WHERE id = NEW.id OR key = NEW.key)
  OR EXISTS (SELECT 1 FROM images WHERE generation_id = NEW.generation_id)
BEGIN SELECT RAISE(ABORT, 'IMAGE_EXISTS'); END;
CREATE TRIGGER images_need_running_generation BEFORE INSERT ON images
WHEN NOT EXISTS (
  SELECT 1 FROM generations WHERE id = NEW.generation_id AND user_id = NEW.user_id AND shape = NEW.shape AND status = 'processing')
BEGIN SELECT RAISE(ABORT, 'IMAGE_WITHOUT_GENERATION'); END;
CREATE TRIGGER images_frozen BEFORE UPDATE OF id, generation_id, user_id, key, format, width, height, bytes, sha256, shape ON images
BEGIN SELECT RAISE(ABORT, 'IMAGE_IMMUTABLE'); END;
-- Success without a stored picture can't be written.
CREATE TRIGGER generations_success_needs_image BEFORE UPDATE OF status ON generations
WHEN NEW.status = 'succeeded' AND OLD.status <> 'succeeded'
  AND NOT EXISTS (SELECT 1 FROM images WHERE generation_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'SUCCESS_WITHOUT_IMAGE'); END;

-- Who did what to whom, when and from where.
CREATE TABLE audit_log (
  id           INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  actor_id     TEXT,
  action       TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id   TEXT,
  request_id   TEXT,
  place        TEXT,
  details      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details))
) STRICT;
CREATE INDEX audit_log_by_subject ON audit_log (subject_id, id);
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'AUDIT_APPEND_ONLY'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'AUDIT_APPEND_ONLY'); END;
CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'AUDIT_APPEND_ONLY'); END;

-- What the scheduled reconciler found: one row a run, kept for a bounded number of runs. A run without finished_at died.
-- Each run looks at one stretch of accounts, objects and images; the cursors say where the next one goes on.
CREATE TABLE reconciliations (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  finished_at    INTEGER,
  findings       TEXT NOT NULL DEFAULT '[]' CHECK (json_type(findings) = 'array'),
  repaired       TEXT NOT NULL DEFAULT '[]' CHECK (json_type(repaired) = 'array'),
  account_cursor TEXT,
  object_cursor  TEXT,
  image_cursor   TEXT
) STRICT;
