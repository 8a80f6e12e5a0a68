import { APIError, type OpenAI } from 'openai';
import { Stream } from 'openai/core/streaming.js';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses.js';
import type { Clock } from '../../shared/clock.ts';
import { EngineError } from '../../shared/errors.ts';
import { eventStream } from '../../vendors/openai/client.ts';
import { isNotFound, openAiFault, UnreadableAnswer } from '../../vendors/openai/errors.ts';
import { recordUsage, type UsageRecorder } from '../../vendors/openai/usage.ts';
import { limits } from '../limits.ts';
import type { ModelStep } from '../work/ports.ts';
import { endOf, failed, unknownRun } from './response-end.ts';
import { ResponseSoFar } from './response-so-far.ts';

export interface ReadingParts {
  onUsage?: UsageRecorder;
  clock: Pick<Clock, 'sleep'>;
  /** A stream that says nothing for so long is read on by another connection. */
  silentMs?: number;
}

/** How long a server may take to begin its answer. */
export const startTimeoutMs = 15_000;
const maxReconnects = 6;
const pollMs = 1_000;

/** A response that is read to its end, over as many connections as it takes. */
export class ResponseReading {
  readonly #client: OpenAI;
  readonly #parts: ReadingParts;
  readonly #ended: AbortSignal;
  #connection = new AbortController();
  #soFar: ResponseSoFar | undefined;
  #runId = '';
  #resumable = false;
  #last = -1;
  #shown = '';

  constructor(client: OpenAI, parts: ReadingParts, ended: AbortSignal) {
    this.#client = client;
    this.#parts = parts;
    this.#ended = ended;
  }

  options(timeout: number) {
    this.#connection = new AbortController();
    return {
      timeout,
      maxRetries: 0,
      signal: AbortSignal.any([this.#ended, this.#connection.signal]),
    };
  }

  async *anew(answer: globalThis.Response): AsyncGenerator<ModelStep> {
    if (isStream(answer)) yield* this.#toItsEnd(eventsOf(answer, this.#connection));
    else yield* this.#waited((await answer.json()) as Response);
  }

  async *again(runId: string): AsyncGenerator<ModelStep> {
    this.#runId = runId;
    this.#resumable = true;
    yield* this.#toItsEnd(undefined);
  }

  /** Reads until the last event, over as many connections as it takes. */
  async *#toItsEnd(
    first: AsyncIterable<ResponseStreamEvent> | undefined,
  ): AsyncGenerator<ModelStep> {
    let events = first;
    for (let broken = 0; ; broken++) {
      const before = this.#last;
      try {
        for await (const step of this.#steps(events ?? (await this.#reopened()))) {
          yield step;
          if (isEnd(step)) return;
        }
        if (this.#ended.aborted) return;
        // A stream may end because its response has, without an event that says so.
        const over = this.#resumable ? await this.#endNow() : undefined;
        if (over) return yield over;
      } catch (error) {
        if (this.#ended.aborted) return;
        if (!isBroken(error) || !this.#resumable) throw error;
      }
      if (!this.#resumable) throw new UnreadableAnswer('a stream without an end');
      if (this.#last > before) broken = 0;
      if (broken >= maxReconnects) throw new UnreadableAnswer('a stream that breaks each time');
      events = undefined;
      await this.#parts.clock.sleep(Math.min(pollMs, 100 * 2 ** broken));
    }
  }

  async *#steps(events: AsyncIterable<ResponseStreamEvent>): AsyncGenerator<ModelStep> {
    for await (const event of this.#unlessSilent(events)) {
      if ('sequence_number' in event) this.#last = event.sequence_number;
      if ('response' in event) {
        yield* this.#begun(event.response as Response);
        const end = this.#endIn(event.response as Response, event.type);
        if (end) return yield end;
        continue;
      }
      if (event.type === 'error') return yield failed(event);
      if (this.#soFar?.take(event)) yield* this.#newText();
    }
  }

  *#begun(response: Response): Generator<ModelStep> {
    if (this.#soFar) return;
    this.#soFar = new ResponseSoFar(response);
    this.#resumable ||= response.background === true && Boolean(response.id);
    this.#runId ||= response.id ?? '';
    yield { kind: 'began', runId: this.#runId, resumable: this.#resumable };
  }

  *#newText(): Generator<ModelStep> {
    const text = this.#soFar?.text ?? '';
    if (text === this.#shown) return;
    this.#shown = text;
    yield { kind: 'text', text };
  }

  /** Servers may leave the output out of the last event: then it is what was streamed. */
  #endIn(response: Response, type: string) {
    if (!/\.(completed|failed|incomplete)$/.test(type)) return undefined;
    recordUsage(response, this.#parts.onUsage);
    const end = endOf(response);
    const whole = this.#soFar?.whole;
    return end?.kind === 'unanswered' && end.reason === 'empty' && whole
      ? ({ kind: 'answered', text: whole } as const)
      : end;
  }

  async #endNow() {
    const response = await this.#call(() =>
      this.#client.responses.retrieve(this.#runId, {}, this.options(startTimeoutMs)),
    );
    const end = endOf(response);
    if (end) recordUsage(response, this.#parts.onUsage);
    return end;
  }

  async #reopened(): Promise<AsyncIterable<ResponseStreamEvent>> {
    const query = { stream: true as const, ...(this.#last >= 0 && { starting_after: this.#last }) };
    const answer = await this.#call(() =>
      this.#client.responses
        .retrieve(this.#runId, query, this.options(startTimeoutMs))
        .asResponse(),
    );
    if (isStream(answer)) return eventsOf(answer, this.#connection);
    return onlyEvent((await answer.json()) as Response);
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (isNotFound(error)) throw unknownRun(this.#runId, error);
      throw error;
    }
  }

  /** An answer that came as a whole, or one that a server works on without streaming it. */
  async *#waited(first: Response): AsyncGenerator<ModelStep> {
    yield* this.#begun({ ...first, background: false });
    for (let response = first; ; ) {
      const end = endOf(response);
      if (end) {
        recordUsage(response, this.#parts.onUsage);
        return yield end;
      }
      if (!response.id) throw new UnreadableAnswer('an answer without an id');
      await this.#parts.clock.sleep(pollMs);
      if (this.#ended.aborted) return;
      this.#runId = response.id;
      response = await this.#call(() =>
        this.#client.responses.retrieve(this.#runId, {}, this.options(startTimeoutMs)),
      );
    }
  }

  /** The events, until nothing comes for too long: then their connection is ended. */
  async *#unlessSilent(
    events: AsyncIterable<ResponseStreamEvent>,
  ): AsyncGenerator<ResponseStreamEvent> {
    const connection = this.#connection;
    const silentMs = this.#parts.silentMs ?? limits.silentSeconds * 1000;
    const end = () => connection.abort();
    let timer = setTimeout(end, silentMs);
    try {
      for await (const event of events) {
        clearTimeout(timer);
        yield event;
        timer = setTimeout(end, silentMs);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

const isEnd = ({ kind }: ModelStep): boolean => kind === 'answered' || kind === 'unanswered';

const isStream = ({ headers }: globalThis.Response): boolean =>
  headers.get('content-type')?.startsWith(eventStream) ?? false;

const eventsOf = (
  answer: globalThis.Response,
  connection: AbortController,
): AsyncIterable<ResponseStreamEvent> =>
  Stream.fromSSEResponse<ResponseStreamEvent>(answer, connection);

/** A server that does not stream what is asked for again tells how it stands. */
async function* onlyEvent(response: Response): AsyncGenerator<ResponseStreamEvent> {
  const type = `response.${response.status ?? 'in_progress'}`;
  yield { type, response } as unknown as ResponseStreamEvent;
}

/** The connection broke, or what came over it cannot be read: the response itself may be well. */
const isBroken = (error: unknown): boolean =>
  !(error instanceof EngineError) &&
  !(error instanceof APIError && error.status !== undefined) &&
  openAiFault(error, '').next === 'retry';
