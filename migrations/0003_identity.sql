-- Ways in, letters, keys, and the rule that there is always a HERO. Times are integer milliseconds UTC.

-- Where a session began: a truncated network such as 203.0.113.0/24, never a whole address.
ALTER TABLE sessions ADD COLUMN place TEXT;

-- Links that were mailed and not used yet. Only the SHA-256 of a link's token is stored.
CREATE TABLE auth_tokens (
  token_hash TEXT PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('register', 'sign_in', 'reset', 'change_email')),
  email      TEXT NOT NULL CHECK (email = lower(trim(email))),
  user_id    TEXT REFERENCES users (id),
  name       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Only a change of address belongs to a person; every other link belongs to a mailbox.
  CHECK ((purpose = 'change_email') = (user_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_tokens_by_email ON auth_tokens (email, created_at);
CREATE INDEX auth_tokens_by_user ON auth_tokens (user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX auth_tokens_by_expiry ON auth_tokens (expires_at);

-- Letters that have to go out. A row is deleted when its letter is sent; it never holds a token or a text.
CREATE TABLE mail_outbox (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  user_id    TEXT,
  details    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details)),
  attempts   INTEGER NOT NULL DEFAULT 0,
  due_at     INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_outbox_by_due ON mail_outbox (due_at);
CREATE INDEX mail_outbox_by_recipient ON mail_outbox (recipient);

-- The development mailbox. Always empty in production, where no mailer writes it.
CREATE TABLE dev_mail (
  id        TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject   TEXT NOT NULL,
  text      TEXT NOT NULL,
  html      TEXT NOT NULL,
  sent_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX dev_mail_by_time ON dev_mail (sent_at, id);

-- Keys for programs. Shown once, stored as SHA-256; prefix is what a person recognises a key by.
CREATE TABLE api_keys (
  id           TEXT PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users (id),
  name         TEXT NOT NULL,
  prefix       TEXT NOT NULL,
  key_hash     TEXT NOT NULL UNIQUE,
  scopes       TEXT NOT NULL CHECK (json_type(scopes) = 'array' AND json_array_length(scopes) > 0),
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

-- Accounts at Google, GitHub or another identity provider that open an account here.
CREATE TABLE provider_accounts (
  provider            TEXT NOT NULL,
  provider_account_id TEXT NOT NULL,
  user_id             TEXT NOT NULL REFERENCES users (id),
  email               TEXT NOT NULL,
  created_at          INTEGER NOT NULL,
  last_used_at        INTEGER,
  PRIMARY KEY (provider, provider_account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_accounts_by_user ON provider_accounts (user_id);

-- Passkeys (WebAuthn credentials). Only public keys; nothing here is a secret.
CREATE TABLE passkeys (
  credential_id TEXT PRIMARY KEY,
  user_id       TEXT NOT NULL REFERENCES users (id),
  public_key    TEXT NOT NULL,
  counter       INTEGER NOT NULL DEFAULT 0,
  transports    TEXT NOT NULL DEFAULT '[]' CHECK (json_type(transports) = 'array'),
  name          TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  last_used_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE INDEX audit_log_by_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_by_action ON audit_log (action, id);

-- Somebody can always assign roles: the last HERO who can sign in stays one, also under two demotions at once.
CREATE TRIGGER users_keep_a_hero BEFORE UPDATE OF role, disabled_at ON users
WHEN OLD.role = 'HERO' AND OLD.disabled_at IS NULL AND (NEW.role <> 'HERO' OR NEW.disabled_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'HERO' AND disabled_at IS NULL AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'LAST_HERO'); END;
CREATE TRIGGER users_keep_a_hero_on_delete BEFORE DELETE ON users
WHEN OLD.role = 'HERO' AND OLD.disabled_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'HERO' AND disabled_at IS NULL AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'LAST_HERO'); END;
