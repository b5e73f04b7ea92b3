CREATE TABLE webhooks (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    id {id_text} NOT NULL,
    base_id {id_text} NOT NULL,
    url TEXT,
    specification {json} NOT NULL,
    expires_at BIGINT NOT NULL,
    after_change BIGINT NOT NULL,
    next_payload BIGINT NOT NULL,
    notifies BOOLEAN NOT NULL,
    pinged BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    last_success BIGINT,
    last_result {json},
    PRIMARY KEY (tenant, base, id)
);
CREATE INDEX webhooks_expires ON webhooks (expires_at);
CREATE INDEX webhooks_unpinged ON webhooks (base) WHERE pinged < next_payload;

CREATE TABLE webhook_payloads (
    tenant BIGINT NOT NULL,
    base BIGINT NOT NULL,
    webhook {id_text} NOT NULL,
    number BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    body {json} NOT NULL,
    PRIMARY KEY (tenant, base, webhook, number)
);
CREATE INDEX webhook_payloads_made ON webhook_payloads (made_at);
