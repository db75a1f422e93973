-- Where the page behind a mailed link leads on to: the page that somebody wanted before they had to sign in. Always a
-- path of this site; `//host` and `/\host` would be other sites to a browser.
ALTER TABLE auth_tokens ADD COLUMN next TEXT NOT NULL DEFAULT '/' CHECK (next GLOB '/*' AND next NOT GLOB '/[/\]*');
