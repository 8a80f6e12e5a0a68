/** What a caller may do. Each route names the one that it needs. */
export const scopes = [
  'api:read',
  'configuration:read',
  'configuration:write',
  'conversations:read',
  'conversations:start',
  'conversations:visit',
  'conversations:write',
  'emails:read',
  'emails:write',
  'leads:create',
  'leads:read',
  'leads:write',
  'usage:read',
] as const;

export type Scope = (typeof scopes)[number];

/**
 * The scopes of each role. A visitor is whoever opens a web page that carries a public client id; a participant is a
 * visitor whose conversation has begun, and reaches nothing but what is his own.
 */
export const roles = {
  TenantAdmin: scopes,
  OperationUser: [
    'api:read',
    'configuration:read',
    'conversations:read',
    'conversations:start',
    'conversations:visit',
    'conversations:write',
    'emails:read',
    'emails:write',
    'leads:create',
    'leads:read',
    'leads:write',
    'usage:read',
  ],
  Visitor: ['api:read', 'conversations:start', 'leads:create'],
  Participant: ['api:read', 'conversations:start', 'conversations:visit'],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roles;

export const isRole = (name: string): name is Role => Object.hasOwn(roles, name);

/** Whether a key or an identity provider may give this role; a participant is known by a visitor's token alone. */
export const isGivenRole = (name: string): name is Exclude<Role, 'Participant'> =>
  isRole(name) && name !== 'Participant';

/** The roles that are given, the one that may do most first: of several, it is the one that counts. */
export const strongestRole = Object.keys(roles)
  .filter(isGivenRole)
  .sort((one, other) => roles[other].length - roles[one].length);
