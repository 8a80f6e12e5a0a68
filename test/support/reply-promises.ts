import { expect } from 'vitest';
import type { QueuedMessage } from '../../lambdas/whatsapp-replies/work/answer-group.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import type { World } from './reply-world.ts';

const sidsOf = (messages: QueuedMessage[]) => messages.map(({ inbound }) => inbound.message_sid);

function turnsIn({ store }: World): Turn[] {
  const ids = new Set(store.transcript().flatMap(({ turn_id }) => turn_id ?? []));
  return [...ids].flatMap((id) => store.turn(id) ?? []);
}

/** Whatever has happened: each message is answered by one reply, from one run, once, in order. */
export function expectAnsweredOnce(world: World, messages: QueuedMessage[]): void {
  const { assistant, messenger } = world;
  const turns = turnsIn(world);
  const inputs = turns.flatMap((turn) => turn.inputs);
  expect(inputs.map(({ message_sid }) => message_sid)).toEqual(sidsOf(messages));
  expect(messenger.bodies).toEqual(turns.flatMap(({ parts }) => parts.map(({ body }) => body)));
  for (const turn of turns) {
    const reply = turn.parts.map(({ body }) => body).join('\n\n');
    const answered = assistant.runs.filter(
      ({ outcome }) => outcome.kind === 'answered' && outcome.text === reply,
    );
    expect(answered.map(({ texts }) => texts)).toEqual([turn.inputs.map(({ text }) => text)]);
  }
  if (assistant.name === 'threads') expect(assistant.runs).toHaveLength(turns.length);
}

/** The conversation as it is kept has every message and every part that was sent, counted once. */
export function expectRecorded(world: World, messages: QueuedMessage[]): void {
  const { store, messenger } = world;
  const transcript = store.transcript();
  const said = (who: string) => transcript.filter(({ role }) => role === who);
  expect(turnsIn(world).map(({ state }) => state)).not.toContain('sent');
  expect(said('user').map(({ message_sid }) => message_sid)).toEqual(sidsOf(messages));
  expect(said('assistant').map(({ content, message_sid }) => [content, message_sid])).toEqual(
    messenger.sent.map(({ sid, message }) => [message.body, sid]),
  );
  expect(store.summary()).toMatchObject({
    message_count: messages.length,
    last_message_sid: messenger.sent.at(-1)?.sid,
  });
}
