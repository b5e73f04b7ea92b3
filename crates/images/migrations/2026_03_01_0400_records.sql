CREATE TABLE records (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tbl BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    id {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {id_text},
    modified_at BIGINT NOT NULL,
    modified_by {id_text},
    sequence BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    cells {json} NOT NULL,
    PRIMARY KEY (tenant, base, tbl, ordinal)
) {clustered};
CREATE TABLE links (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    relation BIGINT NOT NULL,
    from_ordinal BIGINT NOT NULL,
    to_ordinal BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (tenant, base, relation, from_ordinal, to_ordinal)
) {clustered};
