import type OpenAI from 'openai';
import type { OutputItem } from './items.ts';
import { type ResponseRecord, type Status, shown, statusOf, type Wire } from './response-record.ts';

type SdkEvent = OpenAI.Responses.ResponseStreamEvent;
type Named<Type extends SdkEvent['type']> = Extract<SdkEvent, { type: Type }>;
type Numbered<Event> = Event extends unknown ? Omit<Event, 'sequence_number'> : never;

/** The events that the simulator streams, with responses as it shows them. */
type StateType =
  | 'response.created'
  | 'response.queued'
  | 'response.in_progress'
  | 'response.completed'
  | 'response.failed'
  | 'response.incomplete';
type StepType =
  | 'response.output_item.added'
  | 'response.output_item.done'
  | 'response.content_part.added'
  | 'response.content_part.done'
  | 'response.output_text.delta'
  | 'response.output_text.done'
  | 'response.refusal.delta'
  | 'response.refusal.done'
  | 'response.function_call_arguments.delta'
  | 'response.function_call_arguments.done'
  | 'response.reasoning_summary_part.added'
  | 'response.reasoning_summary_part.done'
  | 'response.reasoning_summary_text.delta'
  | 'response.reasoning_summary_text.done';
type Step = Numbered<Named<StepType>>;
type WireEvent = Step | { type: StateType; response: Wire };

/** An event of a response, and when it happens. */
export interface TimedEvent {
  at_ms: number;
  event: WireEvent & { sequence_number: number };
}

/** Every event that a response will have had once it is over, in order: the same however often they are read. */
export function eventsOf(record: ResponseRecord): TimedEvent[] {
  const { times, request } = record;
  const state = (type: StateType, status: Status) => ({ type, response: shown(record, status) });
  const begin: [number, WireEvent][] = [
    [times.created_ms, state('response.created', request.background ? 'queued' : 'in_progress')],
    ...(request.background
      ? [[times.created_ms, state('response.queued', 'queued')] as [number, WireEvent]]
      : []),
    [times.started_ms, state('response.in_progress', 'in_progress')],
  ];
  const steps = record.output.flatMap(stepsOf);
  const deltas = steps.filter(isDelta).length;
  const untilMs = times.finish_ms ?? times.started_ms + hangingStepMs * deltas;
  const deltaMs = (untilMs - times.started_ms) / (deltas + 1);
  let written = 0;
  // Only what is written takes time.
  const timed = steps.map((step): [number, WireEvent] => {
    if (isDelta(step)) written += 1;
    return [times.started_ms + deltaMs * written, step];
  });
  const all: [number, WireEvent][] = [...begin, ...timed, ...endOf(record, state)];
  const untilCancelled = times.cancelled_ms ?? Number.POSITIVE_INFINITY;
  return all
    .filter(([at_ms]) => at_ms <= untilCancelled)
    .map(([at_ms, event], n) => ({ at_ms, event: { ...event, sequence_number: n } }));
}

const isDelta = ({ type }: Step): boolean => type.endsWith('.delta');

/** The pace of a response that never ends. */
const hangingStepMs = 20;

/** A cancelled response has no last event: its stream just ends. */
function endOf(
  record: ResponseRecord,
  state: (type: StateType, status: Status) => WireEvent,
): [number, WireEvent][] {
  const { finish_ms } = record.times;
  if (finish_ms === null) return [];
  const status = statusOf(record, finish_ms);
  const type = `response.${status}` as const;
  return type === 'response.completed' ||
    type === 'response.failed' ||
    type === 'response.incomplete'
    ? [[finish_ms, state(type, status)]]
    : [];
}

function stepsOf(item: OutputItem, output_index: number): Step[] {
  const place = { item_id: item.id, output_index };
  const added = { ...item, status: 'in_progress' as const };
  const around = (empty: OutputItem, steps: Step[]): Step[] => [
    { type: 'response.output_item.added', output_index, item: empty },
    ...steps,
    { type: 'response.output_item.done', output_index, item },
  ];
  switch (item.type) {
    case 'message':
      return around(
        { ...item, status: 'in_progress', content: [] },
        item.content.flatMap((part, content_index) => partSteps(part, { ...place, content_index })),
      );
    case 'function_call':
      return around({ ...added, arguments: '' } as OutputItem, [
        ...piecesOf(item.arguments).map(
          (delta): Step => ({ type: 'response.function_call_arguments.delta', ...place, delta }),
        ),
        {
          type: 'response.function_call_arguments.done',
          ...place,
          name: item.name,
          arguments: item.arguments,
        } as Step,
      ]);
    case 'reasoning':
      return around(
        { ...item, summary: [] },
        item.summary.flatMap((part, summary_index) =>
          summarySteps(part.text, { ...place, summary_index }),
        ),
      );
    default:
      return item satisfies never;
  }
}

function partSteps(
  part: OpenAI.Responses.ResponseOutputMessage['content'][number],
  place: { item_id: string; output_index: number; content_index: number },
): Step[] {
  if (part.type === 'refusal') {
    const { refusal } = part;
    return [
      { type: 'response.content_part.added', ...place, part: { ...part, refusal: '' } },
      ...piecesOf(refusal).map(
        (delta): Step => ({ type: 'response.refusal.delta', ...place, delta }),
      ),
      { type: 'response.refusal.done', ...place, refusal },
      { type: 'response.content_part.done', ...place, part },
    ];
  }
  const { text } = part;
  return [
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...piecesOf(text).map(
      (delta): Step => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] }),
    ),
    { type: 'response.output_text.done', ...place, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part },
  ];
}

function summarySteps(
  text: string,
  place: { item_id: string; output_index: number; summary_index: number },
): Step[] {
  const part = { type: 'summary_text' as const, text };
  return [
    { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } },
    ...piecesOf(text).map(
      (delta): Step => ({ type: 'response.reasoning_summary_text.delta', ...place, delta }),
    ),
    { type: 'response.reasoning_summary_text.done', ...place, text },
    { type: 'response.reasoning_summary_part.done', ...place, part },
  ];
}

/** The text in pieces of about a word, none of which halves a character. */
const piecesOf = (text: string): string[] => text.match(/\s*\S{1,12}|\s+/gu) ?? [];
