CREATE TABLE imports (
    tenant BIGINT NOT NULL,
    id {id_text} NOT NULL,
    owner {id_text} NOT NULL,
    state TEXT NOT NULL,
    spec {json} NOT NULL,
    progress {json} NOT NULL,
    outcome {json} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX imports_state ON imports (state);
