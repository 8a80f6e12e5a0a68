import type { IncomingHttpHeaders } from 'node:http';

/** One rule of a bucket: which pages may call it, and how. */
export interface CorsRule {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAgeSeconds: number;
}

/** The rules in the XML by which the SDK sets them. */
export const corsRulesIn = (xml: string): CorsRule[] =>
  [...xml.matchAll(/<CORSRule>(.*?)<\/CORSRule>/gs)].map(([, rule = '']) => {
    const all = (name: string) =>
      [...rule.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, one = '']) => one);
    return {
      origins: all('AllowedOrigin'),
      methods: all('AllowedMethod'),
      headers: all('AllowedHeader'),
      exposed: all('ExposeHeader'),
      maxAgeSeconds: Number(all('MaxAgeSeconds')[0] ?? 0),
    };
  });

/** The headers by which a page may read an answer, or send what it asks to send; none where no rule allows it. */
export function bucketCorsHeaders(
  rules: readonly CorsRule[],
  method: string,
  headers: IncomingHttpHeaders,
): Record<string, string> {
  const { origin } = headers;
  const isPreflight = method === 'OPTIONS';
  const wanted = isPreflight ? String(headers['access-control-request-method']) : method;
  const sent = isPreflight ? listOf(headers['access-control-request-headers']) : [];
  const rule =
    origin &&
    rules.find(
      (one) =>
        one.origins.some((allowed) => allowed === '*' || allowed === origin) &&
        one.methods.includes(wanted) &&
        sent.every((name) => one.headers.some((allowed) => fits(allowed, name))),
    );
  if (!rule) return {};
  return {
    'access-control-allow-origin': rule.origins.includes('*') ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(sent.length > 0 && { 'access-control-allow-headers': sent.join(', ') }),
    ...(rule.exposed.length > 0 && { 'access-control-expose-headers': rule.exposed.join(', ') }),
    ...(isPreflight && { 'access-control-max-age': String(rule.maxAgeSeconds) }),
  };
}

const listOf = (header: string | undefined): string[] =>
  (header ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []);

const fits = (allowed: string, name: string): boolean =>
  allowed === '*' || allowed.toLowerCase() === name;
