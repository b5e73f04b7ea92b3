UPDATE tokens SET scopes = substr(scopes, 1, length(scopes) - 1) || ',"webhook:manage"]'
WHERE scopes LIKE '%"data.records:read"%' AND scopes LIKE '%"data.records:write"%'
    AND scopes LIKE '%"schema.bases:read"%' AND scopes LIKE '%"schema.bases:write"%'
    AND scopes LIKE '%"user.email:read"%'
