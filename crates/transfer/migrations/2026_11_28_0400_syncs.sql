CREATE TABLE syncs (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    tbl BIGINT NOT NULL,
    name TEXT NOT NULL,
    key_field {id_text} NOT NULL,
    missing TEXT NOT NULL,
    created_by {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, base, id)
);
