import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handoverFeature } from '../../lambdas/conversations/features.ts';
import {
  asksForPerson,
  requestPerson,
  returnsToAgent,
} from '../../lambdas/conversations/person-request.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryConversationLog } from '../support/conversation-log.ts';
import { atEachCrashPoint } from '../support/crash.ts';
import { aMessage, told } from './stores/handling-contract.ts';

const feature = handoverFeature.parse({
  keywords: [
    'Agent',
    'menschlicher Mitarbeiter',
    'Réclamation',
    'человек',
    '人工',
    'straße',
    "can't",
  ],
});

describe('a customer', () => {
  it.each([
    'agent',
    'AGENT!!!',
    'I want an agent, please.',
    '„Agent“',
    'Bitte einen  menschlicher\nMitarbeiter',
    'reclamation',
    'RÉCLAMATION?',
    're\u0301clamation',
    'Нужен ЧЕЛОВЕК.',
    '我要人工客服',
    'Strasse',
    'I can’t do it',
    'Ａｇｅｎｔ',
  ])('asks for a person by %j', (text) => {
    expect(asksForPerson(text, feature)).toBe(true);
  });

  it.each(['', '...', 'agents', 'reagent', 'Mitarbeiter', 'The agency', 'человека нет'])(
    'does not ask for a person by %j',
    (text) => {
      expect(asksForPerson(text, feature)).toBe(false);
    },
  );

  it('asks for nobody where the company has set no word, or only punctuation', () => {
    expect(asksForPerson('agent', { keywords: [] })).toBe(false);
    expect(asksForPerson('... agent', { keywords: ['...'] })).toBe(false);
  });

  it('asks by a keyword with whatever is around it, whichever case it has', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...feature.keywords),
        fc.constantFrom('', ' ', '\n', '!', ' 🙂 '),
        fc.string(),
        fc.boolean(),
        (keyword, between, rest, upper) => {
          const said = `${upper ? keyword.toUpperCase() : keyword}${between || ' '}${rest}`;
          // A mark at the beginning of the rest would be part of the word.
          fc.pre(!/^\p{M}/u.test(rest.normalize('NFKD')));
          expect(asksForPerson(said, feature)).toBe(true);
        },
      ),
    );
  });
});

describe('a conversation that no agent answers', () => {
  const last = Date.UTC(2026, 10, 21, 10);
  const conversation = {
    handling: 'person',
    last_activity_at: new Date(last).toISOString(),
  } as const;
  const minutes = (count: number) => last + count * 60_000;

  it('is an agent’s again after the company’s minutes of silence, and never where it sets none', () => {
    const after = { return_after_minutes: 30 };

    expect(returnsToAgent(conversation, after, minutes(29))).toBe(false);
    expect(returnsToAgent(conversation, after, minutes(30))).toBe(true);
    expect(returnsToAgent({ ...conversation, handling: 'automatic' }, after, minutes(30))).toBe(
      false,
    );
    expect(returnsToAgent(conversation, {}, minutes(100_000))).toBe(false);
  });
});

describe('a request for a person', () => {
  const key = { tenant_id: 'acme', conversation_id: 'c1' };
  const by = { by: 'visitor:p1' };
  const texts = async (log: ReturnType<typeof memoryConversationLog>) =>
    (await log.latest(key, 50)).map(({ text, event }) => event ?? text);

  async function aLog() {
    const log = memoryConversationLog(virtualClock());
    await log.open({ ...key, channel: 'webchat', participant_id: 'p1' });
    await log.append(key, [aMessage('m1', { text: 'A person!' })], { after: 0 });
    return log;
  }

  it('is recorded and answered once, whatever dies in between', async () => {
    await atEachCrashPoint(async (process) => {
      const log = await aLog();
      await process.outcome(requestPerson(process.port(log), key, by, feature));
      await log.append(key, [aMessage('m2', { text: 'Hello?' })], { after: 1 });

      const waiting = await requestPerson(log, key, by, feature);
      await requestPerson(log, key, by, feature);

      expect(waiting?.handling).toBe('waiting');
      const events = ['A person!', 'Hello?', 'person_requested', feature.text];
      expect((await texts(log)).toSorted()).toEqual(events.toSorted());
    });
  });

  it('is answered again when it is made again, after the conversation was handed back', async () => {
    const log = await aLog();
    await requestPerson(log, key, by, feature);
    await log.setHandling(key, { handling: 'automatic', by: 'key:eva' });

    await requestPerson(log, key, by, feature);

    expect((await texts(log)).filter((text) => text === feature.text)).toHaveLength(2);
  });

  it('changes nothing and says nothing where a person has the conversation', async () => {
    const log = await aLog();
    await log.setHandling(key, { handling: 'person', by: 'key:eva' });

    expect(await requestPerson(log, key, by, feature)).toMatchObject({ assignee: 'key:eva' });
    expect(await told(log, key)).toEqual(['m1', 'taken_over']);
  });

  it('is nothing where there is no such conversation', async () => {
    const other = { ...key, conversation_id: 'c2' };

    expect(await requestPerson(await aLog(), other, by, feature)).toBeUndefined();
  });
});
