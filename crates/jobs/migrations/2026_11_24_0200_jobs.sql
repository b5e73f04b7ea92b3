CREATE TABLE outbox (
    id {id_text} NOT NULL PRIMARY KEY,
    topic {id_text} NOT NULL,
    payload {json} NOT NULL,
    published BIGINT NOT NULL
) {clustered};

CREATE TABLE jobs (
    kind {id_text} NOT NULL,
    key {id_text} NOT NULL,
    payload {json} NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    dead BOOLEAN NOT NULL,
    last_error TEXT,
    PRIMARY KEY (kind, key)
) {clustered};
CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE dead = FALSE;
