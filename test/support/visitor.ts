import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { TurnEvent } from '../../lambdas/agents/ports.ts';
import type { Message } from '../../lambdas/conversations/conversation.ts';
import type { Engine } from '../../local/engine.ts';

/** One event of a stream, with the milliseconds after which it came. */
export interface Seen {
  id: number;
  atMs: number;
  event: TurnEvent;
}

/** A visitor of the demo company's web page, with a conversation of its own. */
export async function aVisitor(engine: Engine) {
  const { url } = engine.cloud;
  // By the company's own key: a page may begin only so many conversations from one address.
  const key = engine.demoKey;
  const initiated = await posted(`${url}/conversations/initiate`, key, {});
  const { conversation_id, token, config } = initiated as {
    conversation_id: string;
    token: string;
    config: { streaming_url: string };
  };
  return {
    conversationId: conversation_id,
    token,
    /** Writes a message and reads the stream of its answer to the end. */
    async asks(message: string): Promise<Seen[]> {
      const begun = performance.now();
      const response = await fetch(`${config.streaming_url}/streaming/conversations/actions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ conversation_id, message }),
      });
      if (!response.ok || !response.body) {
        throw new Error(`The stream was refused: ${response.status} ${await response.text()}`);
      }
      const events: Seen[] = [];
      const parsed = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { id, data } of parsed) {
        events.push({
          id: Number(id),
          atMs: performance.now() - begun,
          event: JSON.parse(data) as TurnEvent,
        });
      }
      return events;
    },
    async messages(): Promise<Message[]> {
      const response = await fetch(`${url}/conversations/${conversation_id}/messages?after=0`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { data } = (await response.json()) as { data: { messages: Message[] } };
      return data.messages;
    },
  };
}

async function posted(url: string, credential: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { data: unknown };
  if (!response.ok)
    throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer.data;
}
