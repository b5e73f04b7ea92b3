ALTER TABLE members ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN granted_by {id_text} NOT NULL DEFAULT '';
UPDATE members SET granted_by = member, created_at = COALESCE((SELECT workspaces.created_at FROM workspaces
    WHERE workspaces.tenant = members.tenant AND workspaces.id = members.workspace), 0);
CREATE TABLE base_members (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    member {id_text} NOT NULL,
    role {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    granted_by {id_text} NOT NULL,
    PRIMARY KEY (tenant, base, member)
);
CREATE INDEX base_members_member ON base_members (tenant, member)
