import { Hono } from 'hono';
import * as z from 'zod';
import type { SimulatorEnv } from '../faults.ts';
import { assistantOf } from './assistants.ts';
import { invalid, notFound } from './errors.ts';
import { newId } from './ids.ts';
import { type ModelRequest, think, tokensIn, tokensOf, type World } from './model.ts';
import { page } from './pages.ts';
import { metadata, parse, readJson } from './parse.ts';
import { isRunOver, type RunRecord, runShown, runStatusOf } from './run-record.ts';
import { addMessage, askedOf, messageInput, messagesOf } from './thread-messages.ts';
import { keepThread, openThread } from './thread-record.ts';

const runBody = z.object({
  assistant_id: z.string(),
  model: z.string().nullish(),
  instructions: z.string().nullish(),
  additional_instructions: z.string().nullish(),
  additional_messages: z.array(messageInput).nullish(),
  metadata: metadata.nullish(),
  max_completion_tokens: z.number().int().min(256).nullish(),
  stream: z.boolean().nullish(),
});

const outputsBody = z.object({
  tool_outputs: z.array(z.object({ tool_call_id: z.string(), output: z.string() })),
  stream: z.boolean().nullish(),
});

/** `/threads/…/runs` of the Assistants protocol. */
export function runRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog, documents } = world;

  app.post('/threads/:id/runs', requestLog('threads.runs.create'), async (c) => {
    const run = begin(world, c.req.param('id'), parse(runBody, await readJson(c.req)));
    return c.json(runShown(run, 'queued'));
  });

  app.get('/threads/:id/runs', requestLog('threads.runs.list'), (c) => {
    const { id } = openThread(world, c.req.param('id'));
    const runs = documents.list<RunRecord>('runs', id);
    return c.json(
      page(
        runs.map((run) => shownNow(world, run)),
        c.req.query(),
      ),
    );
  });

  app.get('/threads/:id/runs/:run', requestLog('threads.runs.retrieve'), (c) =>
    c.json(shownNow(world, findRun(world, c.req.param('id'), c.req.param('run')))),
  );

  app.post('/threads/:id/runs/:run/cancel', requestLog('threads.runs.cancel'), (c) => {
    const run = findRun(world, c.req.param('id'), c.req.param('run'));
    const status = runStatusOf(run, world.now());
    if (isRunOver(status)) throw invalid(`Cannot cancel run with status '${status}'.`);
    const cancelled_ms = run.times.cancelled_ms ?? world.now();
    const cancelled = { ...run, times: { ...run.times, cancelled_ms } };
    documents.put('runs', run.id, cancelled, run.thread_id);
    return c.json(runShown(cancelled, 'cancelling'));
  });

  app.post(
    '/threads/:id/runs/:run/submit_tool_outputs',
    requestLog('threads.runs.submitToolOutputs'),
    async (c) => {
      const body = parse(outputsBody, await readJson(c.req));
      const run = findRun(world, c.req.param('id'), c.req.param('run'));
      return c.json(runShown(goOn(world, run, body), 'queued'));
    },
  );

  return app;
}

const shownNow = (world: World, run: RunRecord) => runShown(run, runStatusOf(run, world.now()));

function findRun(world: World, threadId: string, id: string): RunRecord {
  const thread = openThread(world, threadId);
  const run = world.documents.get<RunRecord>('runs', id);
  if (run?.thread_id !== thread.id) throw notFound(`No run found with id '${id}'.`);
  return run;
}

function begin(world: World, threadId: string, body: z.infer<typeof runBody>): RunRecord {
  refuseStream(body.stream);
  const thread = openThread(world, threadId);
  const assistant = assistantOf(world, body.assistant_id);
  if (thread.active) {
    throw invalid(`Thread ${thread.id} already has an active run ${thread.active}.`);
  }
  for (const message of body.additional_messages ?? []) addMessage(world, thread.id, message);
  const said = {
    model: body.model ?? assistant.model,
    instructions: [body.instructions ?? assistant.instructions, body.additional_instructions]
      .filter(Boolean)
      .join('\n'),
  };

  const run: RunRecord = {
    ...said,
    ...leg(world, askedOf(said, messagesOf(world, thread.id)), body.max_completion_tokens),
    id: newId('run_'),
    thread_id: thread.id,
    assistant_id: assistant.id,
    created_ms: world.now(),
    metadata: body.metadata ?? {},
    max_completion_tokens: body.max_completion_tokens ?? null,
  };
  world.documents.put('runs', run.id, run, thread.id);
  keepThread(world, { ...thread, active: run.id });
  return run;
}

/** Continues the run with the outputs of its tools. */
function goOn(world: World, run: RunRecord, body: z.infer<typeof outputsBody>): RunRecord {
  refuseStream(body.stream);
  const status = runStatusOf(run, world.now());
  if (status !== 'requires_action' || run.outcome.kind !== 'function_call') {
    throw invalid(`Runs in status "${status}" do not accept tool outputs.`);
  }
  const ids = body.tool_outputs.map((one) => one.tool_call_id);
  if (ids.length !== 1 || ids[0] !== run.call_id) {
    throw invalid(`Expected tool outputs for call_ids ['${run.call_id}'], got [${ids.join(', ')}]`);
  }
  const call = `${run.outcome.name}(${run.outcome.arguments})`;
  const asked: ModelRequest = {
    ...run.asked,
    history: [...run.asked.history, ...run.asked.input, { role: 'assistant', text: call }],
    input: body.tool_outputs.map(({ output }) => ({ role: 'tool', text: output, imageCount: 0 })),
  };
  const continued = { ...run, ...leg(world, asked, run.max_completion_tokens) };
  world.documents.put('runs', run.id, continued, run.thread_id);
  return continued;
}

function leg(world: World, asked: ModelRequest, maxTokens: number | null | undefined) {
  const { outcome, times } = think(world, asked, maxTokens);
  return {
    asked,
    outcome,
    times,
    call_id: newId('call_'),
    prompt_tokens: tokensIn(asked.instructions) + tokensOf([...asked.history, ...asked.input]),
    completion_tokens: 'text' in outcome ? tokensIn(outcome.text) : 0,
  };
}

function refuseStream(stream: boolean | null | undefined): void {
  if (!stream) return;
  throw invalid('The simulator does not stream: leave `stream` out, and poll the run.', {
    code: 'unsupported_value',
    param: 'stream',
  });
}
