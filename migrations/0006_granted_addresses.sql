-- Addresses that have had their starting credits, each as a fingerprint under a key that only the Worker has
-- (HMAC-SHA-256, hexadecimal). A row says nothing else: not whose it was, nor when. It outlives the account, so that
-- whoever erases it and comes back doesn't begin with new credits.
CREATE TABLE granted_addresses (
  fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint) = 64)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER granted_addresses_no_update BEFORE UPDATE ON granted_addresses
BEGIN SELECT RAISE(ABORT, 'GRANTS_APPEND_ONLY'); END;
CREATE TRIGGER granted_addresses_no_delete BEFORE DELETE ON granted_addresses
BEGIN SELECT RAISE(ABORT, 'GRANTS_APPEND_ONLY'); END;
