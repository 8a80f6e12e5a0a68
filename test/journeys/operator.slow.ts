import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../support/operator.ts';

let operator: Operator;

beforeAll(async () => {
  operator = await startOperator();
});

afterAll(() => operator.stop());

describe('a customer’s message in the dead letters', () => {
  const words = 'My very private question';

  it('is shown without its words, redriven, answered once, and told step by step', async () => {
    const sid = `SM${'a'.repeat(32)}`;
    await operator.sqs.send(
      new SendMessageCommand({
        QueueUrl: operator.queueUrl('whatsapp-replies-dlq-local.fifo'),
        MessageBody: JSON.stringify({
          twilio_message: {
            MessageSid: sid,
            From: 'whatsapp:+4915112345678',
            To: 'whatsapp:+14155238886',
            Body: words,
          },
          conversation_id: 'c_1',
          company_id: 'demo',
          project_id: 'support',
          received_at: new Date().toISOString(),
        }),
        MessageGroupId: 'c_1',
        MessageDeduplicationId: 'd1',
        MessageAttributes: {
          reason_code: { DataType: 'String', StringValue: 'run_failed' },
        },
      }),
    );
    const shown = await operator.dlq('show', 'whatsapp-replies');
    const revealed = await operator.dlq('show', 'whatsapp-replies', '--id', sid, '--reveal');
    const redriven = await operator.dlq('redrive', 'whatsapp-replies', '--id', sid);
    const timeline = () =>
      operator.run('timeline', sid, '--company', 'demo', '--conversation', 'c_1');
    await expect
      .poll(async () => (await timeline()).out, { timeout: 60_000 })
      .toContain('over (answered)');
    const told = await timeline();

    expect(shown.out).toContain(`demo: message ${sid} of c_1`);
    expect(shown.out).toContain('reason     run_failed');
    expect(shown.out).toContain('begins from the start; the customer gets the reply, once');
    expect(shown.out + told.out).not.toContain(words);
    expect(revealed.out).toContain(words);
    expect(redriven.out).toContain('1 sent back to whatsapp-replies, about 0 left.');
    expect(told.out).toMatch(/received and queued[\s\S]*begun[\s\S]*model is asked[\s\S]*answered/);
    expect(await operator.listed('whatsapp-replies')).toMatchObject({ messages: 0, out: 0 });
  });

  it('that is malformed comes back, and says why', async () => {
    await operator.sqs.send(
      new SendMessageCommand({
        QueueUrl: operator.queueUrl('whatsapp-replies-local.fifo'),
        MessageBody: '{"conversation_id": "c_2"}',
        MessageGroupId: 'c_2',
        MessageDeduplicationId: 'd2',
      }),
    );
    const show = async () => (await operator.dlq('show', 'whatsapp-replies')).out;
    await expect.poll(show, { timeout: 60_000 }).toContain('malformed_message');
    await operator.dlq('redrive', 'whatsapp-replies');
    await expect.poll(show, { timeout: 60_000 }).toContain('malformed_message');
    const file = path.join(operator.folder, 'copy.jsonl');
    const asked = await operator.dlq('discard', 'whatsapp-replies', '--all');
    const discarded = await operator.dlq(
      'discard',
      'whatsapp-replies',
      '--all',
      '--yes',
      '--file',
      file,
    );

    expect(asked).toMatchObject({ code: 2, said: expect.stringContaining('add --yes') });
    expect(discarded.out).toContain('1 deleted');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('malformed_message');
    expect(await show()).toContain('has no dead letters');
  });
});

describe('the operator’s commands', () => {
  it('find a fit deployment fit', async () => {
    const { code, out } = await operator.run('doctor', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'ok', check: 'API' }),
        expect.objectContaining({ status: 'ok', check: 'companies' }),
        expect.objectContaining({ status: 'ok', check: 'twilio' }),
        expect.objectContaining({ status: 'ok', check: 'model access' }),
      ]),
    );
  });

  it.each([
    [
      ['dlq', 'show', 'nothing'],
      2,
      'choose email-runs, emails-ready, events-to-webhooks, leads, turns, webhooks, whatsapp-replies',
    ],
    [['dlq', 'redrive', 'emails-ready', '--rate', '0'], 2, '--rate is a number from 0.01'],
    [['dlq', 'discard', 'emails-ready'], 2, 'Name them by --id, or take --all'],
    [['dlq', 'list', '--prefix', 'nobody'], 2, 'There are no queues of nobody (local)'],
    [['timeline', 'SM1', '--stage', 'dev'], 2, 'Add --company with --conversation'],
    [['timeline', 'e1'], 2, 'Whose is e1?'],
    [['timeline', 'SM1'], 2, 'Nothing is recorded of SM1 (local)'],
    [['doctor', 'please'], 2, 'Unexpected: please'],
  ])('say in one line what is wrong with %j', async (parameters, code, said) => {
    const result = await operator.run(...parameters);

    expect(result.code).toBe(code);
    expect(result.said).toContain(said);
    expect(result.said.trim().split('\n')).toHaveLength(1);
  });
});
