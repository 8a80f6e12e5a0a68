import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface Detail {
  code?: string | null;
  param?: string | null;
  type?: string;
}

/** An answer that refuses a call, in the shape that OpenAI's clients understand. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly #detail: Detail;

  constructor(status: ContentfulStatusCode, message: string, detail: Detail = {}) {
    super(message);
    this.status = status;
    this.#detail = detail;
  }

  get body() {
    const { code = null, param = null, type = 'invalid_request_error' } = this.#detail;
    return { error: { message: this.message, type, param, code } };
  }
}

export const invalid = (message: string, detail?: Detail) => new ApiError(400, message, detail);

export const notFound = (message: string) => new ApiError(404, message);

/** The answer to anything thrown; a defect of the simulator itself is a 500 with its message. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  return new ApiError(500, `The simulator had an error: ${cause}`, { type: 'server_error' });
}
