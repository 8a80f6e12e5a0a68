import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Documents } from '../documents.ts';
import { Faults, type SimulatorEnv } from '../faults.ts';
import { type RunningServer, serveLocally } from '../server.ts';
import { simulatedAnswer } from './answer.ts';
import { assistantRoutes } from './assistants.ts';
import { chatRoutes } from './chat-completions.ts';
import { controlRoutes, modelOperation } from './control.ts';
import { conversationRoutes } from './conversations.ts';
import { ApiError, asApiError, notFound } from './errors.ts';
import { fileRoutes } from './files.ts';
import { type Call, createRequestLog, requireApiKey, responseHeaders } from './middleware.ts';
import type { ModelRequest, Outcome, World } from './model.ts';
import { modelRoutes } from './models.ts';
import { responseRoutes } from './responses.ts';
import { runRoutes } from './runs.ts';
import { lognormalMs } from './schedule.ts';
import { threadRoutes } from './threads.ts';

export type { Call } from './middleware.ts';
export type { ModelRequest, Outcome } from './model.ts';
export { lognormalMs } from './schedule.ts';

/** OpenAI's API on one machine; clients take `${url}/v1` as their base URL. */
export interface OpenAiSimulator extends RunningServer {
  readonly faults: Faults;
  /** The latest calls, oldest first. */
  readonly calls: readonly Call[];
}

export interface OpenAiSimulatorOptions {
  port?: number;
  /** A SQLite file that survives a restart; in memory without one. */
  file?: string;
  /** The only accepted key; without it, every key is. */
  apiKey?: string;
  /** How long a response or run takes; by default 3 s in the median, 9 s at the 90th percentile. */
  runMs?: (random: () => number) => number;
  /** How many tokens a response may read; no limit by default. */
  contextTokens?: number;
  /** What the model answers; by default `simulatedAnswer`. */
  answer?: (request: ModelRequest) => Outcome;
  now?: () => number;
  random?: () => number;
}

const maxBodyBytes = 50 * 1024 * 1024;
const defaultRunMs = lognormalMs(3000, 9000);

/** Starts the simulator on 127.0.0.1. */
export async function startOpenAiSimulator(
  options: OpenAiSimulatorOptions = {},
): Promise<OpenAiSimulator> {
  const { runMs = defaultRunMs, random = Math.random, now = Date.now } = options;
  const { answer = simulatedAnswer } = options;
  const documents = new Documents(options.file);
  const closing = new AbortController();
  const faults = new Faults();
  const { requestLog, calls, operations } = createRequestLog(faults);
  operations.add(modelOperation);
  const world: World = {
    documents,
    now,
    answer: (request) => {
      const effect = faults.take(modelOperation);
      if (effect?.kind !== 'sim') return answer(request);
      return simulatedAnswer({ ...request, input: [command(effect.command)] });
    },
    contextTokens: options.contextTokens ?? Number.POSITIVE_INFINITY,
    runMs: () => runMs(random),
    closing: closing.signal,
    requestLog,
  };

  const app = appOf(world, options.apiKey).route('/', controlRoutes(faults, operations));
  const server = await serveLocally(app, options.port);
  return {
    url: server.url,
    faults,
    calls,
    async close() {
      closing.abort();
      await server.close();
      documents.close();
    },
  };
}

const command = (text: string) => ({ role: 'user', text: `/sim ${text}`, imageCount: 0 });

function appOf(world: World, apiKey: string | undefined): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.onError((thrown, c) => {
    const error = asApiError(thrown);
    return c.json(error.body, error.status);
  });
  app.notFound((c) => {
    const { body, status } = notFound(`Invalid URL (${c.req.method} ${c.req.path})`);
    return c.json(body, status);
  });
  app.use(responseHeaders(world.now));
  app.use('/v1/*', requireApiKey(apiKey));
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: () => Promise.reject(tooLarge()) }));
  for (const routes of [
    conversationRoutes,
    responseRoutes,
    chatRoutes,
    assistantRoutes,
    threadRoutes,
    runRoutes,
    fileRoutes,
    modelRoutes,
  ]) {
    app.route('/v1', routes(world));
  }
  return app;
}

const tooLarge = () =>
  new ApiError(413, `The body is larger than ${maxBodyBytes} bytes.`, { code: 'body_too_large' });
