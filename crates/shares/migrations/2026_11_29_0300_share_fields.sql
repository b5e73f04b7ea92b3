ALTER TABLE shares ADD COLUMN fields {json};
