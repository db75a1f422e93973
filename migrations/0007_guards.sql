-- Against statements that the first guards let through: rows replaced by their hidden rowid, people replaced by another
-- person's id or address, and what only a CHECK refused, which `PRAGMA ignore_check_constraints` switches off on D1.

-- A table with a TEXT key has a rowid besides, and REPLACE deletes whatever row has it without firing DELETE triggers:
-- an open job would go and its credits stay held. Nothing of ours ever names a rowid.
CREATE TRIGGER generations_no_rowid_replace BEFORE INSERT ON generations
WHEN NEW.rowid > 0 AND EXISTS (SELECT 1 FROM generations WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'ROWID_TAKEN'); END;
CREATE TRIGGER generations_keep_rowid BEFORE UPDATE ON generations WHEN NEW.rowid <> OLD.rowid
BEGIN SELECT RAISE(ABORT, 'ROWID_PERMANENT'); END;
CREATE TRIGGER briefs_no_rowid_replace BEFORE INSERT ON briefs
WHEN NEW.rowid > 0 AND EXISTS (SELECT 1 FROM briefs WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'ROWID_TAKEN'); END;
CREATE TRIGGER briefs_keep_rowid BEFORE UPDATE ON briefs WHEN NEW.rowid <> OLD.rowid
BEGIN SELECT RAISE(ABORT, 'ROWID_PERMANENT'); END;
CREATE TRIGGER images_no_rowid_replace BEFORE INSERT ON images
WHEN NEW.rowid > 0 AND EXISTS (SELECT 1 FROM images WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'ROWID_TAKEN'); END;
CREATE TRIGGER images_keep_rowid BEFORE UPDATE ON images WHEN NEW.rowid <> OLD.rowid
BEGIN SELECT RAISE(ABORT, 'ROWID_PERMANENT'); END;

-- A person is never replaced: the last HERO would go past the triggers that keep one, and an account would lose its person.
-- IGNORE, because ON CONFLICT DO NOTHING has to go on: an ABORT here would come before it and end the whole batch.
CREATE TRIGGER users_no_replace BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id OR email = NEW.email)
  OR (NEW.rowid > 0 AND EXISTS (SELECT 1 FROM users WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER users_keep_id BEFORE UPDATE ON users WHEN NEW.id <> OLD.id OR NEW.rowid <> OLD.rowid
BEGIN SELECT RAISE(ABORT, 'USER_ID_PERMANENT'); END;
-- The words are SQLite's own for the same refusal, which UPDATE OR REPLACE would turn into the other person's end.
CREATE TRIGGER users_keep_email_unique BEFORE UPDATE OF email ON users
WHEN EXISTS (SELECT 1 FROM users WHERE email = NEW.email AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: users.email'); END;

-- A job belongs to whoever asked for its brief.
CREATE TRIGGER generations_of_own_brief BEFORE INSERT ON generations
WHEN NOT EXISTS (SELECT 1 FROM briefs WHERE id = NEW.brief_id AND user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'BRIEF_OF_OTHER_USER'); END;

-- The CHECKs of the ledger once more, as triggers. Both refuse; only these can't be switched off.
CREATE TRIGGER credit_entries_well_formed BEFORE INSERT ON credit_entries WHEN NOT coalesce(CASE NEW.kind
  WHEN 'hold'     THEN NEW.available < 0 AND NEW.held = -NEW.available AND NEW.op_key = 'hold:' || NEW.generation_id
  WHEN 'capture'  THEN NEW.available = 0 AND NEW.held < 0 AND NEW.op_key = 'settle:' || NEW.generation_id
  WHEN 'release'  THEN NEW.available > 0 AND NEW.held = -NEW.available AND NEW.op_key = 'settle:' || NEW.generation_id
  WHEN 'revoke'   THEN NEW.available < 0 AND NEW.held = 0
  WHEN 'grant'    THEN NEW.available > 0 AND NEW.held = 0
  WHEN 'purchase' THEN NEW.available > 0 AND NEW.held = 0
  WHEN 'refund'   THEN NEW.available > 0 AND NEW.held = 0 END, 0)
  OR (NEW.held = 0 AND (NEW.op_key GLOB 'hold:*' OR NEW.op_key GLOB 'settle:*'))
BEGIN SELECT RAISE(ABORT, 'ENTRY_MALFORMED'); END;
CREATE TRIGGER credit_accounts_never_negative BEFORE UPDATE ON credit_accounts WHEN NEW.available < 0 OR NEW.held < 0
BEGIN SELECT RAISE(ABORT, 'NEGATIVE_BALANCE'); END;
-- Entries are numbered without gaps: a number far ahead would keep every later entry from being the newest.
CREATE TRIGGER credit_entries_in_order BEFORE INSERT ON credit_entries
WHEN NEW.id > (SELECT coalesce(max(id), 0) + 1 FROM credit_entries)
BEGIN SELECT RAISE(ABORT, 'ENTRY_OUT_OF_ORDER'); END;
