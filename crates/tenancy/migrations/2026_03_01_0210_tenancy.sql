CREATE TABLE tenants (
    tenant BIGINT PRIMARY KEY,
    id {id_text} NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE workspaces (
    tenant BIGINT NOT NULL,
    id {id_text} NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE TABLE members (
    tenant BIGINT NOT NULL,
    workspace {id_text} NOT NULL,
    member {id_text} NOT NULL,
    role {id_text} NOT NULL,
    PRIMARY KEY (tenant, workspace, member)
);
CREATE TABLE base_places (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    workspace {id_text} NOT NULL,
    PRIMARY KEY (tenant, base)
);
CREATE UNIQUE INDEX base_places_id ON base_places (id)
