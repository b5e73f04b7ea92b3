CREATE TABLE heads (
    base BIGINT NOT NULL PRIMARY KEY,
    tenant BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    oldest BIGINT NOT NULL,
    schema_revision BIGINT NOT NULL,
    access_revision BIGINT NOT NULL,
    changed BIGINT NOT NULL
) {clustered};
CREATE INDEX heads_changed ON heads (changed);

CREATE TABLE changes (
    base BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    tenant BIGINT NOT NULL,
    run {id_text},
    actor {id_text} NOT NULL,
    door TEXT NOT NULL,
    time BIGINT NOT NULL,
    body {json} NOT NULL,
    PRIMARY KEY (base, sequence)
) {clustered};
CREATE INDEX changes_run ON changes (base, run, sequence) WHERE run IS NOT NULL;

CREATE TABLE cursors (
    base BIGINT NOT NULL,
    subscriber {id_text} NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (base, subscriber)
) {clustered};
