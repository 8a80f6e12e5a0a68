import { describe, expect, it } from 'vitest';
import { features } from '../../lambdas/agents/features.ts';
import { readEnv } from '../../lambdas/shared/env.ts';
import {
  receiveEnvironment,
  replyEnvironment,
} from '../../lambdas/whatsapp-replies/environment.ts';
import {
  assistantVariable,
  channelSchema,
  fieldText,
  findNameClash,
  replyQueueMessage,
  whatsAppAddress,
} from '../../lambdas/whatsapp-replies/messages.ts';
import { aQueueMessage } from '../support/sqs-event.ts';
import { businessAddress } from '../support/webhook.ts';

const accepts = (message: unknown): boolean => replyQueueMessage.safeParse(message).success;

describe('a message of the reply queue', () => {
  it.each([
    ['texts', { From: 'whatsapp:+49151', Body: 'Hi' }],
    ['lists of texts', { From: ['whatsapp:+49151'], Body: ['Hi', 'there'] }],
    ['an empty Body', { Body: '' }],
    ['an empty list as Body', { Body: [] }],
    ['no To', { To: undefined }],
    ['further fields of any kind', { Anything: { deep: [1] } }],
  ])('may have %s', (_, fields) => {
    expect(accepts(aQueueMessage({ fields }))).toBe(true);
  });

  it.each([
    ['no From', { From: undefined }],
    ['an empty From', { From: '' }],
    ['an empty list as From', { From: [] }],
    ['a list whose first From is empty', { From: [''] }],
    ['a number as From', { From: 49151 }],
    ['a list of numbers as From', { From: [49151] }],
    ['no Body', { Body: undefined }],
    ['null as Body', { Body: null }],
    ['a list of numbers as Body', { Body: ['Hi', 1] }],
  ])('may not have %s', (_, fields) => {
    expect(accepts(aQueueMessage({ fields }))).toBe(false);
  });

  it.each([
    ['conversation_id', ''],
    ['conversation_id', 'x'.repeat(257)],
    ['conversation_id', 7],
    ['company_id', ''],
    ['company_id', 'acme#CONVERSATION'],
    ['company_id', null],
    ['project_id', 'a b'],
    ['thread_id', 7],
    ['received_at', 'yesterday'],
    ['consent', 'maybe'],
    ['twilio_message', 'From=x'],
    ['twilio_message', null],
  ])('may not have the %s %j', (name, value) => {
    expect(accepts({ ...aQueueMessage(), [name]: value })).toBe(false);
  });

  it.each(['thread_id', 'received_at', 'consent'])('may leave out %s', (name) => {
    const { [name]: _left, ...message } = aQueueMessage() as Record<string, unknown>;

    expect(accepts(message)).toBe(true);
  });

  it('may say that there is no thread yet', () => {
    expect(accepts(aQueueMessage({ thread_id: null }))).toBe(true);
  });
});

describe('a field of Twilio', () => {
  it.each([
    ['text', 'text'],
    [['first', 'second'], 'first'],
    [[], ''],
    [undefined, ''],
    [null, ''],
    [7, ''],
    [[7], ''],
    [{ 0: 'x' }, ''],
  ])('%j reads as %j', (value, text) => {
    expect(fieldText({ Body: value }, 'Body')).toBe(text);
  });
});

describe('a channel', () => {
  const channel = { number: businessAddress, company_id: 'acme', project_id: 'shop' };

  it.each([
    '+14155238886',
    'whatsapp:14155238886',
    'whatsapp:+0123456',
    'whatsapp:+1415abc8886',
    '',
  ])('has no number such as %j', (number) => {
    expect(channelSchema.safeParse({ ...channel, number }).success).toBe(false);
  });
});

describe('the environment of a Lambda', () => {
  const common = {
    CONVERSATIONS_TABLE: 'conversations',
    TENANTS_TABLE: 'tenants',
    PLATFORM_CONVERSATIONS_TABLE: 'platform-conversations',
    EVENT_BUS_NAME: 'events',
    TWILIO_CREDENTIALS_SECRET_ID: 'twilio',
    PUBLIC_BASE_URL: 'https://replies.example',
  };

  it('has defaults for what may be left out', () => {
    const env = readEnv(replyEnvironment, {
      ...common,
      REPLY_QUEUE_URL: 'q',
      REPLY_DLQ_URL: 'd',
      WORKER_CONCURRENCY: '10',
      OPENAI_API_KEY_SECRET_ID: 'openai',
    });

    expect(env).toMatchObject({ RETENTION_DAYS: 90, RUN_MAX_WAIT_SECONDS: 300 });
  });

  it.each(['replies.example', 'ftp://replies.example', 'https://', 'https://a b'])(
    'takes no public base URL such as %j',
    (url) => {
      const environment = { ...common, REPLY_QUEUE_URL: 'q', PUBLIC_BASE_URL: url };

      expect(() => readEnv(receiveEnvironment, environment)).toThrow(
        'PUBLIC_BASE_URL is malformed',
      );
    },
  );

  it('names the assistant of a company’s project as the specification does', () => {
    expect(assistantVariable('acme', 'shop')).toBe('acme_shop_ASSISTANT_ID');
  });

  it('knows two companies whose assistants would share a variable', () => {
    const aChannelOf = (company_id: string, project_id: string, n: number) =>
      channelSchema.parse({ number: `whatsapp:+4930000000${n}`, company_id, project_id });
    const registered = [aChannelOf('acme', 'eu_shop', 1), aChannelOf('acme', 'shop', 2)];

    expect(findNameClash(aChannelOf('acme_eu', 'shop', 3), registered)).toEqual(registered[0]);
    expect(findNameClash(aChannelOf('acme', 'eu_shop', 3), registered)).toBeUndefined();
    expect(findNameClash(aChannelOf('acme_us', 'shop', 3), registered)).toBeUndefined();
    // The number is taken from the other: nobody is left to share with.
    expect(findNameClash(aChannelOf('acme_eu', 'shop', 1), registered)).toBeUndefined();
  });
});

describe('the assistant of a tenant', () => {
  const assistant = features.assistant;
  const faultsOf = (value: unknown) =>
    assistant.safeParse(value).error?.issues.map(({ path }) => path.join('.'));

  it('has an adapter and texts where it names none', () => {
    const { adapter, texts } = assistant.parse({});

    expect(adapter).toBe('responses');
    expect(texts.fallback).not.toBe('');
    expect(texts.unreadable).toContain('{kinds}');
    expect(texts.opted_in).toContain('STOP');
  });

  it('keeps the texts that it names', () => {
    const { texts } = assistant.parse({ texts: { fallback: 'Pardon?' } });

    expect(texts.fallback).toBe('Pardon?');
    expect(texts.opted_in).toContain('STOP');
  });

  it.each([
    [{ adapter: 'threads' }, ['assistant_id']],
    [{ assistant_id: 'asst_1' }, ['assistant_id']],
    [{ adapter: 'threads', assistant_id: 'asst_1', model: 'm' }, ['adapter']],
    [{ adapter: 'carrier pigeon' }, ['adapter']],
    [{ instructions: '' }, ['instructions']],
    [{ limits: { max_output_tokens: 1 } }, ['limits.max_output_tokens']],
    [{ limits: { run_max_wait_seconds: 4000 } }, ['limits.run_max_wait_seconds']],
    [{ modell: 'gpt' }, ['']],
    [[], ['']],
  ])('is not %j', (value, faults) => {
    expect(faultsOf(value)).toEqual(faults);
  });
});

describe('a WhatsApp address', () => {
  it('has its prefix once', () => {
    expect(whatsAppAddress('+14155238886')).toBe('whatsapp:+14155238886');
    expect(whatsAppAddress('whatsapp:+14155238886')).toBe('whatsapp:+14155238886');
  });
});
