CREATE TABLE linking (
    base BIGINT NOT NULL,
    relation BIGINT NOT NULL,
    side BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (base, relation, side, ordinal, sequence)
) {clustered};
CREATE INDEX linking_sequence ON linking (base, sequence);
