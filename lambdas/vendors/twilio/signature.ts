import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { connectionOverrides } from './connection-overrides.ts';

/**
 * Whether a form post was signed by Twilio with this auth token. The URL is the public one, rebuilt
 * from what is configured: behind a gateway the request's own host proves nothing.
 */
export function isSignedByTwilio(
  authToken: string,
  signature: string,
  request: { publicBaseUrl: string; pathAndQuery: string; form: URLSearchParams },
): boolean {
  const url = request.publicBaseUrl.replace(/\/+$/, '') + request.pathAndQuery;
  const fields = fieldsOf(request.form);
  // Twilio does not say whether it signs the overrides with the URL that has them.
  return [url, url + connectionOverrides].some((signed) =>
    validateRequest(authToken, signature, signed, fields),
  );
}

/** A form's fields; one that comes several times is a list, as Twilio's signature expects. */
export function fieldsOf(form: URLSearchParams): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    fields[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return fields;
}
