import type { IncomingMessage } from 'node:http';

/** The CORS configuration of an HTTP API, by the template's names. */
export interface CorsConfiguration {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
  ExposeHeaders?: string[];
  MaxAge?: number;
}

/** The headers that the HTTP API adds for a browser; none for a request without an Origin or with one that is not allowed. */
export function corsHeaders(
  request: IncomingMessage,
  cors: CorsConfiguration | undefined,
): Record<string, string> {
  const { origin } = request.headers;
  if (!cors || !origin) return {};
  const allowed = cors.AllowOrigins?.find((one) => one === '*' || one === origin);
  if (!allowed) return {};
  const headers: Record<string, string> = { 'access-control-allow-origin': allowed };
  if (isPreflight(request)) {
    headers['access-control-allow-methods'] = (cors.AllowMethods ?? []).join(',');
    headers['access-control-allow-headers'] = (cors.AllowHeaders ?? []).join(',');
    headers['access-control-max-age'] = String(cors.MaxAge ?? 0);
  } else if (cors.ExposeHeaders) {
    headers['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  }
  return headers;
}

/** Whether this is a browser's preflight request, which the HTTP API answers itself. */
export const isPreflight = (request: IncomingMessage): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
