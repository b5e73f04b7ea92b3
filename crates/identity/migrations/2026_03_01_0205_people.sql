CREATE TABLE people (
    one BIGINT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);
INSERT INTO people (one, revision) VALUES (1, 1);
ALTER TABLE tokens ADD COLUMN last_used_at BIGINT
