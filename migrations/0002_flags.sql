-- Flags: who changed what, what is planned, what the guard and the speed page look at. The values themselves are in KV.

-- Append-only, and every row is an entry of the audit log too. change_id is also beside the value in KV, so that a
-- change is a row once, however many Workers notice it; a change made with wrangler gets its id when it is noticed.
CREATE TABLE flag_changes (
  id         INTEGER PRIMARY KEY,
  change_id  TEXT NOT NULL UNIQUE,
  at         INTEGER NOT NULL,
  key        TEXT NOT NULL,
  via        TEXT NOT NULL CHECK (via IN ('admin', 'wrangler', 'schedule', 'guard')),
  actor      TEXT,
  old        TEXT NOT NULL,
  new        TEXT NOT NULL,
  note       TEXT,
  request_id TEXT,
  CHECK (via <> 'admin' OR actor IS NOT NULL)
) STRICT;
CREATE INDEX flag_changes_by_key ON flag_changes (key, id);

CREATE TRIGGER flag_changes_no_replace BEFORE INSERT ON flag_changes
WHEN EXISTS (SELECT 1 FROM flag_changes WHERE id = NEW.id OR change_id = NEW.change_id)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER flag_changes_no_update BEFORE UPDATE ON flag_changes BEGIN SELECT RAISE(ABORT, 'FLAG_HISTORY_APPEND_ONLY'); END;
CREATE TRIGGER flag_changes_no_delete BEFORE DELETE ON flag_changes BEGIN SELECT RAISE(ABORT, 'FLAG_HISTORY_APPEND_ONLY'); END;

-- Rules are long; the audit log says that they changed, and this table says how.
CREATE TRIGGER flag_changes_audit AFTER INSERT ON flag_changes
BEGIN
  INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, request_id, details)
  VALUES (NEW.at, NEW.actor, 'flag.change', 'flag', NEW.key, NEW.request_id,
    json_object('via', NEW.via, 'old', substr(NEW.old, 1, 100), 'new', substr(NEW.new, 1, 100), 'note', NEW.note));
END;

-- A switch to be made at a time. The row's id becomes the change's id.
CREATE TABLE flag_schedules (
  id         TEXT PRIMARY KEY,
  key        TEXT NOT NULL,
  value      TEXT NOT NULL,
  note       TEXT,
  due_at     INTEGER NOT NULL,
  state      TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applying', 'done', 'canceled')),
  claimed_at INTEGER,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX flag_schedules_due ON flag_schedules (due_at) WHERE state IN ('pending', 'applying');

-- How requests ended with a guarded flag on and off, counted per minute.
CREATE TABLE flag_outcomes (
  key       TEXT NOT NULL,
  minute_at INTEGER NOT NULL,
  is_on     INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  samples   INTEGER NOT NULL CHECK (samples > 0),
  errors    INTEGER NOT NULL CHECK (errors BETWEEN 0 AND samples),
  PRIMARY KEY (key, minute_at, is_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX flag_outcomes_by_age ON flag_outcomes (minute_at);

-- What sampled browsers measured. No person, no address: a page of the product, a number, a moment.
CREATE TABLE web_vitals (
  id    INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL,
  page  TEXT NOT NULL,
  name  TEXT NOT NULL CHECK (name IN ('CLS', 'FCP', 'INP', 'LCP', 'TTFB')),
  value REAL NOT NULL CHECK (value >= 0)
) STRICT;
CREATE INDEX web_vitals_by_age ON web_vitals (at);

-- For figures of a time span over all people.
CREATE INDEX credit_entries_by_kind ON credit_entries (kind, created_at);
