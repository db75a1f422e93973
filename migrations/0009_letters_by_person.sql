-- A letter to a new address belongs to the person who asked for it, and goes with them.
CREATE INDEX mail_outbox_by_user ON mail_outbox (user_id) WHERE user_id IS NOT NULL;
