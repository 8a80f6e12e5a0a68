import type { Context } from 'aws-lambda';
import type { Hono } from 'hono';
import { streamHandle } from 'hono/aws-lambda';
import type * as z from 'zod/mini';
import { type FunctionParts, meteredLambda } from '../lambda.ts';
import { exposedHeaders } from './cors.ts';
import { withoutIdleBody } from './lambda.ts';
import type { ApiEvent } from './problem.ts';

type ResponseStream = awslambda.HttpResponseStream;
type Streamed = (event: ApiEvent, stream: ResponseStream, context: Context) => void | Promise<void>;

/** A function whose answers are sent as they are made, behind the streaming API. */
export function httpStream<Env>(
  name: string,
  environment: z.ZodMiniType<Env>,
  makeApp: (parts: FunctionParts<Env>) => Hono,
): Streamed {
  const run = meteredLambda(name, environment, (parts: FunctionParts<Env>) => {
    const answer = streamHandle(openToPages(makeApp(parts))) as unknown as Streamed;
    return async ([event, stream]: [ApiEvent, ResponseStream], context: Context) =>
      answer(withoutIdleBody(event), stream, context);
  });
  return streamified((event, stream, context) => run([event, stream], context));
}

/** As the runtime calls a handler that streams; where there is none, the handler itself. Powertools makes an empty `awslambda`. */
function streamified(handler: Streamed): Streamed {
  const { awslambda: runtime } = globalThis as { awslambda?: Partial<typeof awslambda> };
  return runtime?.streamifyResponse?.(handler) ?? handler;
}

/** Web pages of every origin may read its answers: the REST API adds no header to what a function answers. */
function openToPages(app: Hono): Hono {
  const fetch = app.fetch;
  app.fetch = async (...given) => {
    const response = await fetch(...given);
    response.headers.set('access-control-allow-origin', '*');
    response.headers.set('access-control-expose-headers', exposedHeaders.join(','));
    return response;
  };
  return app;
}
