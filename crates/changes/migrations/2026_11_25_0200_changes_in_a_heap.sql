ALTER TABLE changes RENAME TO changes_before;
DROP INDEX changes_run;
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
);
INSERT INTO changes (base, sequence, tenant, run, actor, door, time, body)
SELECT base, sequence, tenant, run, actor, door, time, body FROM changes_before;
DROP TABLE changes_before;
CREATE INDEX changes_run ON changes (base, run, sequence) WHERE run IS NOT NULL;
