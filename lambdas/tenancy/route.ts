import type { Route } from '../shared/http/route.ts';
import type { Scope } from './scopes.ts';

/** Who may call a route: everybody, whoever signs as its vendor does, or a caller with this scope. */
export type Access = 'open' | 'signed' | Scope;

/** One route of the HTTP API, with who may call it. */
export type ApiRoute = Route<Access>;

/** Where the platform's routes are reached beside their own paths. */
export const platformPrefix = '/api/2024-06';
