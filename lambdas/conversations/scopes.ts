/** What every resource of this context has in common. */
export const scopes = { read: 'conversations:read', write: 'conversations:write' } as const;
export const tag = 'Conversations';
