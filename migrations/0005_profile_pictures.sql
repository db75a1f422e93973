-- A person's own picture: small, square, and made here from what was uploaded. The row holds the bytes, so that
-- changing it, removing it and erasing the account each are one write, and no object can be left behind.
CREATE TABLE profile_pictures (
  user_id    TEXT PRIMARY KEY REFERENCES users (id),
  -- WebP.
  bytes      BLOB NOT NULL CHECK (length(bytes) BETWEEN 32 AND 131072),
  -- Of the bytes, hexadecimal: the version that browsers compare.
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
