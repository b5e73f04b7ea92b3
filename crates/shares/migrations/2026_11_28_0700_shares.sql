CREATE TABLE shares (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    base_id {id_text} NOT NULL,
    tbl BIGINT,
    view {id_text},
    enabled BOOLEAN NOT NULL,
    created_by {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, base, id)
);
CREATE UNIQUE INDEX shares_id ON shares (id);
