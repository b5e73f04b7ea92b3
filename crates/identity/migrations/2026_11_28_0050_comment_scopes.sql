UPDATE tokens SET scopes = '["data.records:read","data.records:write","data.recordComments:read","data.recordComments:write","schema.bases:read","schema.bases:write","user.email:read"]'
    WHERE scopes = '["data.records:read","data.records:write","schema.bases:read","schema.bases:write","user.email:read"]'
