import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** A call that Twilio refuses: thrown by a route, answered in Twilio's own shape. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: number;

  constructor(status: ContentfulStatusCode, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (path: string) =>
  new Refusal(404, 20404, `The requested resource ${path} was not found`);

/** The Hono error handler of the API: every error as `{code, message, more_info, status}`. */
export function answerError(error: Error, c: Context): Response {
  const { status, code, message } =
    error instanceof Refusal ? error : new Refusal(500, 20500, error.message);
  if (status === 401) c.header('www-authenticate', 'Basic realm="Twilio API"');
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return c.json({ code, message, more_info, status }, status);
}
