-- The key that a program changed a switch with. The key may be gone one day, the change stays: no reference.
ALTER TABLE flag_changes ADD COLUMN api_key_id TEXT;

-- As before, and with the key where there was one, as every other entry has it.
DROP TRIGGER flag_changes_audit;
CREATE TRIGGER flag_changes_audit AFTER INSERT ON flag_changes
BEGIN
  INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, request_id, details)
  VALUES (NEW.at, NEW.actor, 'flag.change', 'flag', NEW.key, NEW.request_id,
    json_patch(
      json_object('via', NEW.via, 'old', substr(NEW.old, 1, 100), 'new', substr(NEW.new, 1, 100), 'note', NEW.note),
      iif(NEW.api_key_id IS NULL, '{}', json_object('key', NEW.api_key_id))));
END;
