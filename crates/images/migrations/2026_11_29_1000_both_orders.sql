-- Each side of a relation has an order of its own.
ALTER TABLE links ADD COLUMN position_back BIGINT NOT NULL DEFAULT 0;
UPDATE links SET position_back = position;
