import type { Route } from '../../../lambdas/shared/http/route.ts';

/** A route that takes nothing and answers 200; a test adds what it is about. */
export const aRoute = {
  operationId: 'answer',
  method: 'POST',
  path: '/',
  access: 'api:read',
  tag: 'Test',
  summary: 'Answers',
  success: { status: 200, what: 'An answer' },
} as const satisfies Route;
