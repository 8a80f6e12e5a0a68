import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../bin/dlq/letters.ts';
import { outlookOf } from '../../../bin/dlq/outlook.ts';
import { subjectOf } from '../../../bin/dlq/subject.ts';
import type { Records } from '../../../bin/records.ts';
import type { StoredEmail } from '../../../lambdas/email-deadlines/work/email.ts';
import type { StoredRun } from '../../../lambdas/email-deadlines/work/run.ts';
import type { Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';

const now = Date.UTC(2026, 10, 21, 10);
const hourMs = 3_600_000;
const id = '01a1fd93-6fec-7636-8316-9c3328a69cc7';

const nothing: Records = {
  turn: async () => undefined,
  email: async () => undefined,
  run: async () => undefined,
};

const aDeadLetter = (body: unknown, more: Partial<DeadLetter> = {}): DeadLetter => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    id: 'l1',
    receipt: 'r1',
    body: text,
    attributes: { reason_code: 'run_failed', reason: 'Run r failed.' },
    sentAt: now - hourMs,
    receives: 3,
    subject: subjectOf(text),
    ...more,
  };
};

const whatsApp = (receivedAt = now - hourMs) =>
  aDeadLetter({
    twilio_message: { MessageSid: 'SM1', From: 'whatsapp:+491', Body: 'Secret words' },
    conversation_id: 'c_1',
    company_id: 'acme',
    project_id: 'shop',
    received_at: new Date(receivedAt).toISOString(),
  });

const email = (more = {}) =>
  aDeadLetter({
    tenant_id: 'acme',
    run_id: 'r1',
    email_id: 'e1',
    deadlines: [],
    spare: [],
    failed_at: 7,
    ...more,
  });

const run = (kind: 'start' | 'watch') => aDeadLetter({ kind, tenant_id: 'acme', run_id: 'r1' });

const lead = () =>
  aDeadLetter({ kind: 'again', tenant_id: 'acme', lead_id: id, request_id: id, adapter: 'rules' });

const event = (more: Partial<DeadLetter> = {}) =>
  aDeadLetter(
    {
      source: 'replies-engine',
      detail: {
        id: 'evt_00000001',
        type: 'insight.created',
        tenant_id: 'acme',
        occurred_at: '2026-11-21T10:00:00.000Z',
        data: { note: 'Secret words' },
      },
    },
    more,
  );

const redriving = async (letter: DeadLetter, records: Partial<Records> = {}) =>
  (await outlookOf(letter, { ...nothing, ...records }, now)).redriving;

const turn = (fields: Partial<Turn>): Partial<Records> => ({
  turn: async () => ({ state: 'received', parts: [], ...fields }) as unknown as Turn,
});

const stored = (fields: Partial<StoredEmail>, state: StoredRun['state'] = 'running') => ({
  run: async () => ({ state }) as StoredRun,
  email: async () => ({ deadline_at: now + hourMs, ...fields }) as StoredEmail,
});

describe('what redriving a customer’s message would do', () => {
  it('is nothing once the reply is recorded', async () => {
    const records = turn({ state: 'recorded', outcome: 'answered' });

    expect(await redriving(whatsApp(), records)).toBe('changes nothing: it is over (answered).');
  });

  it('is to continue behind the last step', async () => {
    expect(await redriving(whatsApp())).toMatch(/^begins from the start; the customer gets/);
    expect(await redriving(whatsApp(), turn({ state: 'run' }))).toMatch(/^continues after .*"run"/);
    const parts = [{ state: 'sent' }, { state: 'waiting' }] as Turn['parts'];
    expect(await redriving(whatsApp(), turn({ state: 'sending', parts }))).toMatch(
      /^sends what is missing \(1 of 2 parts are sent\)/,
    );
  });

  it('is a refusal by WhatsApp a day later', async () => {
    expect(await redriving(whatsApp(now - 25 * hourMs))).toContain('63016');
  });
});

describe('what redriving a person’s message would do', () => {
  const letter = aDeadLetter({
    kind: 'outbound',
    ...{ tenant_id: 'acme', conversation_id: 'c_1', message_id: 'msg_1', after: 3 },
    text: 'Secret words',
    author: { id: 'user:ada' },
    created_at: '2026-11-21T10:00:00.000Z',
    metadata: { customer: 'whatsapp:+491', business_number: 'whatsapp:+1', project_id: 'shop' },
  });

  it('is to send it once, and nothing once it is sent', async () => {
    const asked: string[] = [];
    const records = {
      turn: async ({ turn_id }: { turn_id: string }) => {
        asked.push(turn_id);
        return { state: 'recorded', outcome: 'written' } as Turn;
      },
    };

    expect(await redriving(letter)).toMatch(/^begins from the start; the customer gets .* once/);
    expect(await redriving(letter, records)).toBe('changes nothing: it is over (written).');
    expect(asked).toEqual(['person.msg_1']);
    expect(letter.subject).toMatchObject({ kind: 'whatsapp', tenant: 'acme', ids: ['msg_1'] });
  });
});

describe('what redriving an email would do', () => {
  it.each([
    [{ state: 'sent' }, 'changes nothing: it was sent.'],
    [{ state: 'failed', failed_at: 7 }, 'answers it.'],
    [{ state: 'failed', failed_at: 7, response: 'Re' }, 'posts the reply that was written.'],
    [{ state: 'failed', failed_at: 7, deadline_at: now - 1 }, 'answers it, late.'],
    [
      { state: 'failed', failed_at: 7, has_dependents: true },
      'answers it; those that waited for it went on without it.',
    ],
    [{ state: 'failed', failed_at: 8 }, 'changes nothing: this letter is not of its last failure'],
    [{ state: 'waiting' }, 'works on it; it is waiting and not over.'],
  ] as [Partial<StoredEmail>, string][])('depends on how it stands: %j', async (fields, said) => {
    expect(await redriving(email(), stored(fields))).toContain(said);
    expect(await redriving(email(), stored(fields, 'completed'))).toContain(said);
  });

  it('is nothing where the letter does not say which failure it is of', async () => {
    const records = stored({ state: 'failed', failed_at: 7 });

    expect(await redriving(email({ failed_at: undefined }), records)).toContain('Start a run');
  });

  it('is nothing once its run has failed or is gone', async () => {
    const failed = stored({ state: 'waiting' }, 'failed');

    expect(await redriving(email(), failed)).toBe('changes nothing: its run is failed.');
    expect(await redriving(email())).toContain('fails again');
  });
});

describe('what redriving a run would do', () => {
  it.each([
    ['pending', 'starts the run'],
    ['running', 'looks after the run'],
    ['completed', 'changes nothing: the run is completed.'],
  ] as const)('depends on its state: %s', async (state, said) => {
    const records = { run: async () => ({ state }) as StoredRun };

    expect(await redriving(run('start'), records)).toContain(said);
  });
});

describe('why a letter is dead', () => {
  it('is what the consumer said, or what the store says', async () => {
    const silent = { attributes: {} };
    const failed = stored({ state: 'failed', failed_at: 7, reason: 'crashed: It ended.' });
    const bySqs = { ...email(), ...silent };

    expect((await outlookOf(whatsApp(), nothing, now)).reason).toBe('run_failed: Run r failed.');
    expect((await outlookOf(bySqs, { ...nothing, ...failed }, now)).reason).toBe(
      'crashed: It ended.',
    );
    expect((await outlookOf({ ...whatsApp(), ...silent }, nothing, now)).reason).toContain(
      'received 3 times',
    );
  });
});

describe('a letter of another context', () => {
  it('is named by its ids, and of no other words', () => {
    const body = { tenant_id: 'acme', lead_id: 'l7', text: 'Secret words', note_id: { a: 1 } };

    expect(subjectOf(JSON.stringify(body))).toEqual({
      kind: 'other',
      tenant: 'acme',
      ids: ['l7'],
      what: 'lead_id l7',
    });
  });

  it.each(['', 'null', '[1]', '"text"', '{}', 'no json'])('may be anything: %s', async (body) => {
    expect(await redriving(aDeadLetter(body))).toContain('as long as the message is malformed');
  });
});

describe('a dead lead', () => {
  it('is named, and is classified when it is sent back', async () => {
    expect(lead().subject).toMatchObject({ tenant: 'acme', ids: [id] });
    expect(await redriving(lead())).toContain('classifies the lead');
  });
});

describe('a dead event', () => {
  it('is named without what it tells, and is told again when it is sent back', async () => {
    expect(event().subject).toEqual({
      kind: 'event',
      tenant: 'acme',
      ids: ['evt_00000001'],
      what: 'insight.created evt_00000001',
    });
    expect(await redriving(event())).toContain('tells the company again');
  });

  it('that the bus did not take is named alike, and is published when it is sent back', async () => {
    const { detail } = JSON.parse(event().body) as { detail: object };
    const waiting = aDeadLetter({ kind: 'event', event: detail });

    expect(waiting.subject).toEqual(event().subject);
    expect(await redriving(waiting)).toContain('publishes the event');
  });

  it('of a company that is not there fails again', async () => {
    const attributes = { reason_code: 'tenant_unknown', reason: 'acme is not on this deployment.' };

    expect(await redriving(event({ attributes }))).toContain('fails again');
  });

  it('that the bus could not hand on has the reason that EventBridge gives', async () => {
    const letter = event({
      attributes: { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'The queue refuses.' },
    });

    const { reason } = await outlookOf(letter, nothing, now);
    expect(reason).toBe('NO_PERMISSIONS: The queue refuses.');
  });
});
