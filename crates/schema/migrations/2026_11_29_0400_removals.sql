CREATE TABLE removals (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    removed_at BIGINT NOT NULL,
    swept BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, base, id)
);
