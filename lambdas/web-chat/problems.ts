import type { Problem } from '../shared/http/problem.ts';

/** The company has no chat on its pages. */
export const disabled: Problem = {
  type: 'webchat-disabled',
  title: 'There is no web chat',
  status: 409,
  detail: 'This company has not enabled its web chat: set the feature webchat.',
};

/** The chat is on a page that the company has not named. */
export const notAllowedOn = (origin: string | undefined): Problem => ({
  type: 'origin-not-allowed',
  title: 'The chat is not allowed on this page',
  status: 403,
  detail:
    origin === undefined
      ? 'The request names no page: browsers send the header Origin, any other program sends it itself.'
      : 'This page is not among the allowed_origins of the feature webchat: add its origin as it is written, with https:// and without a path.',
});

/** Who a visitor is said to be is not proven. */
export const identityRefused = (reason: string): Problem => ({
  type: 'identity-refused',
  title: 'The visitor is not known',
  status: 403,
  detail: `It is not proven who the visitor is: ${reason}.`,
});

export const tooMany = (retryAfterSeconds: number, what: string): Problem => ({
  type: 'too-many-requests',
  title: 'Too many requests',
  status: 429,
  detail: `${what}: send it again after ${retryAfterSeconds} s.`,
  headers: { 'retry-after': String(retryAfterSeconds) },
});

/** A message names a file that its visitor has not uploaded whole. */
export const fileNotUsable: Problem = {
  type: 'file-not-usable',
  title: 'A file is not there',
  status: 422,
  detail:
    'One of file_ids is no file of this conversation that was uploaded and completed: upload it again, or leave it out.',
};
