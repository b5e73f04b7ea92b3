CREATE TABLE audit_entries (
    tenant BIGINT NOT NULL,
    id {id_text} NOT NULL,
    made_at BIGINT NOT NULL,
    entry {json} NOT NULL,
    PRIMARY KEY (tenant, id)
) {clustered};
