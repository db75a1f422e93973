-- Sign-in with providers and passkeys: what their tables of 0003 lack. Times are integer milliseconds UTC.

-- When a letter of ours was first opened in this person's mailbox. Whoever came by a provider may never have had one,
-- and for them a link by mail isn't known to be a way in.
ALTER TABLE users ADD COLUMN mailbox_used_at INTEGER;
UPDATE users SET mailbox_used_at = (
  SELECT min(at) FROM audit_log WHERE actor_id = users.id AND action = 'link.use');
CREATE TRIGGER sessions_note_mailbox AFTER INSERT ON sessions WHEN NEW.method = 'link'
BEGIN UPDATE users SET mailbox_used_at = NEW.created_at WHERE id = NEW.user_id AND mailbox_used_at IS NULL; END;

-- One account at each provider is enough for a person, and "disconnect Google" then means one thing.
CREATE UNIQUE INDEX provider_accounts_one_each ON provider_accounts (user_id, provider);

-- Challenges of passkeys that were not answered yet: each is deleted by the first answer. Only its SHA-256 is stored.
CREATE TABLE passkey_challenges (
  challenge_hash TEXT PRIMARY KEY,
  -- Whose passkey is being added; null for a sign-in, where nobody is known yet.
  user_id        TEXT REFERENCES users (id),
  expires_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_by_user ON passkey_challenges (user_id) WHERE user_id IS NOT NULL;
