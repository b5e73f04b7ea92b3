CREATE TABLE conversation_sessions (
    tenant BIGINT NOT NULL,
    owner {id_text} NOT NULL,
    session {id_text} NOT NULL,
    base {id_text},
    title TEXT NOT NULL,
    status {id_text} NOT NULL,
    revision BIGINT NOT NULL,
    message_count BIGINT NOT NULL,
    state {json},
    pending {json},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, owner, session)
);
CREATE TABLE conversation_messages (
    tenant BIGINT NOT NULL,
    owner {id_text} NOT NULL,
    session {id_text} NOT NULL,
    sequence BIGINT NOT NULL,
    role {id_text} NOT NULL,
    content TEXT NOT NULL,
    thinking TEXT,
    tools_used {json} NOT NULL,
    model TEXT,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    thinking_tokens BIGINT NOT NULL,
    cost DOUBLE PRECISION,
    millis BIGINT NOT NULL,
    succeeded BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, owner, session, sequence)
);
CREATE TABLE tool_executions (
    tenant BIGINT NOT NULL,
    owner {id_text} NOT NULL,
    session {id_text} NOT NULL,
    sequence BIGINT NOT NULL,
    position BIGINT NOT NULL,
    tool TEXT NOT NULL,
    input {json} NOT NULL,
    output {json} NOT NULL,
    millis BIGINT NOT NULL,
    succeeded BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, owner, session, sequence, position)
)
