UPDATE tokens SET scopes =
    '["data.records:read","data.records:write","schema.bases:read","schema.bases:write","user.email:read","webhook:manage"]'
WHERE scopes =
    '["data.records:read","data.records:write","schema.bases:read","schema.bases:write","user.email:read"]'
