import type { Properties } from './template.ts';

/** The access log of an API's stage: its destination, and the format of its lines. */
export interface RequestLog {
  /** The log's name, such as `replies-engine-api-local`. */
  name: string;
  format: string;
}

/** The values of a line, by their names in `$context`. The time is ISO 8601 here. */
export type RequestContext = Partial<
  Record<
    | 'requestTime'
    | 'requestId'
    | 'routeKey'
    | 'httpMethod'
    | 'resourcePath'
    | 'status'
    | 'responseLatency'
    | 'error.message'
    | 'integrationErrorMessage',
    string
  >
>;

/** The access log of a stage; undefined where it writes none. */
export function requestLogOf(stage: Properties): RequestLog | undefined {
  const settings = stage['AccessLogSettings'] ?? stage['AccessLogSetting'] ?? {};
  const { DestinationArn: arn, Format: format } = settings as {
    DestinationArn?: string;
    Format?: string;
  };
  return arn && format ? { name: arn.split('/').at(-1) ?? arn, format } : undefined;
}

/** API Gateway writes a hyphen for what it does not know. */
export const requestLine = (format: string, context: RequestContext): string =>
  format.replaceAll(/\$context\.(\w+(?:\.\w+)*)/g, (_, name: string) =>
    JSON.stringify(context[name as keyof RequestContext] ?? '-').slice(1, -1),
  );
