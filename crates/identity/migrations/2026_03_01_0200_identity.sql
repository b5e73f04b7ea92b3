CREATE TABLE users (
    tenant BIGINT NOT NULL,
    id {id_text} NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE TABLE tokens (
    tenant BIGINT NOT NULL,
    id {id_text} NOT NULL,
    hash {id_text} NOT NULL,
    owner {id_text} NOT NULL,
    name TEXT NOT NULL,
    scopes {json} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX tokens_id ON tokens (id)
