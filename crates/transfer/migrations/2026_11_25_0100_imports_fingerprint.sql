ALTER TABLE imports ADD COLUMN fingerprint {id_text} NOT NULL DEFAULT '';
CREATE INDEX imports_fingerprint ON imports (tenant, fingerprint);
