CREATE TABLE comments (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tbl BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    id {id_text} NOT NULL,
    parent {id_text},
    author {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    text TEXT NOT NULL,
    mentions {json} NOT NULL,
    PRIMARY KEY (tenant, base, tbl, ordinal, id)
);
CREATE TABLE comment_reactions (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tbl BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    comment {id_text} NOT NULL,
    member {id_text} NOT NULL,
    emoji {id_text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, base, tbl, ordinal, comment, member, emoji)
) {clustered};
