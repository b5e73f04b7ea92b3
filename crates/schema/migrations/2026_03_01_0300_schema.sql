CREATE TABLE bases (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    workspace {id_text} NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    next_table BIGINT NOT NULL,
    next_field BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, base)
);
CREATE UNIQUE INDEX bases_id ON bases (id);
CREATE TABLE tables (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tbl BIGINT NOT NULL,
    definition {json} NOT NULL,
    PRIMARY KEY (tenant, base, tbl)
) {clustered};
