import { itemsOf, keepConversation, lockConversation } from './conversation-record.ts';
import { invalid } from './errors.ts';
import { refuseUnknownFiles } from './files.ts';
import { newId } from './ids.ts';
import { toItem } from './input-items.ts';
import { asSaid, type Item, outputOf, withoutImages } from './items.ts';
import { type ModelRequest, type Said, think, tokensOf, type World } from './model.ts';
import { givenBy, isOver, type ResponseRecord, statusOf } from './response-record.ts';
import type { ResponseRequest } from './response-request.ts';
import { refuseLooseSchema, type Schema } from './structured.ts';

/** Starts a response and locks its conversation until it is over. */
export function beginResponse(world: World, request: ResponseRequest): ResponseRecord {
  refuseUnsupported(request);
  const conversation = request.conversation && lockConversation(world, request.conversation.id);
  const earlier = conversation
    ? itemsOf(world, conversation.id)
    : chainOf(world, request.previous_response_id);
  const input = request.input.map(toItem);
  refuseUnknownFiles(world, input);
  refuseOpenCalls([...earlier, ...input]);

  const history = withoutImages(asSaid(earlier));
  const { model, instructions } = request;
  refuseTooLong(world, [
    ...history,
    ...asSaid(input),
    { role: 'developer', text: instructions ?? '' },
  ]);
  const schema = schemaOf(request);
  const { answered, asked } = apart(asSaid(input));
  const { outcome, times } = think(
    world,
    {
      model,
      instructions: instructions ?? '',
      input: asked,
      history: [...history, ...withoutImages(answered)],
      ...(schema && { schema }),
    },
    request.max_output_tokens,
  );

  const record: ResponseRecord = {
    id: newId('resp_'),
    times,
    request,
    history_tokens: tokensOf(history),
    input,
    output: outputOf(outcome, model),
    outcome,
  };
  world.documents.put('responses', record.id, record);
  if (conversation) keepConversation(world, { ...conversation, active: record.id });
  return record;
}

function refuseUnsupported(request: ResponseRequest): void {
  if (request.conversation && request.previous_response_id) {
    throw invalid(
      "Mutually exclusive parameters: 'conversation' and 'previous_response_id'. Ensure you are only providing one of them.",
      { code: 'mutually_exclusive_parameters' },
    );
  }
}

/** A client may send what was said before along: up to the last answer it is no question any more. */
function apart(said: ModelRequest['input']) {
  const last = said.findLastIndex(({ role }) => role === 'assistant');
  const end = last === said.length - 1 ? 0 : last + 1;
  return { answered: said.slice(0, end), asked: said.slice(end) };
}

function refuseTooLong({ contextTokens }: World, read: Said[]): void {
  if (tokensOf(read) <= contextTokens) return;
  throw invalid(
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    { code: 'context_length_exceeded', param: 'input' },
  );
}

/** The schema of the answer; throws on one that the strict mode does not support. */
function schemaOf({ text }: ResponseRequest): Schema | undefined {
  const format = text?.format;
  if (format?.type !== 'json_schema' || !format.schema) return undefined;
  if (format.strict) refuseLooseSchema(format.schema, format.name ?? '');
  return format.schema;
}

/** Input and output of a response and of all before it, oldest first. */
function chainOf(world: World, lastId: string | null | undefined): Item[] {
  const chain: Item[][] = [];
  for (let id = lastId; id; ) {
    const record = world.documents.get<ResponseRecord>('responses', id);
    if (!record || record.request.store === false) {
      throw invalid(`Previous response with id '${id}' not found.`, {
        code: 'previous_response_not_found',
        param: 'previous_response_id',
      });
    }
    const status = statusOf(record, world.now());
    if (!isOver(status)) {
      throw invalid(
        `Previous response with id '${id}' is not completed: its status is ${status}.`,
        {
          param: 'previous_response_id',
        },
      );
    }
    chain.unshift([...record.input, ...givenBy(record, status)]);
    id = record.request.previous_response_id;
  }
  return chain.flat();
}

/** Throws while a function that the model called has no output, as the real API does. */
function refuseOpenCalls(items: Item[]): void {
  const answered = new Set(
    items.flatMap((item) => (item.type === 'function_call_output' ? [item.call_id] : [])),
  );
  const open = items.find((item) => item.type === 'function_call' && !answered.has(item.call_id));
  if (open?.type !== 'function_call') return;
  throw invalid(`No tool output found for function call ${open.call_id}.`, { param: 'input' });
}
