import { describe, expect, it } from 'vitest';
import { failuresCheck } from '../../../bin/doctor/failures.ts';
import { takes } from '../../../bin/logs/filter-pattern.ts';
import type { ReadLog } from '../../../bin/logs/read.ts';

const now = Date.UTC(2026, 10, 21, 10);
const line = (error_code: string, error_message: string, timestamp?: string) =>
  JSON.stringify({
    level: 'WARN',
    ...(timestamp && { timestamp }),
    error: { error_name: 'EngineError', error_code, error_message },
  });

const reportsOf = (logs: Record<string, string[]>) => {
  const read: ReadLog = async (name, { pattern, since }) => {
    expect(since).toBe(now - 15 * 60_000);
    return logs[name]?.filter((one) => takes(pattern, one));
  };
  const hint = (text: string) => `${text} --stage prod`;
  return failuresCheck(read, hint, () => now).look(new AbortController().signal);
};

describe('the check for failures of vendors', () => {
  it('finds a vendor that refuses everything, though its list of models can be had', async () => {
    const refused = line(
      'openai_failed',
      'OpenAI failed to start a response: 401 invalid_api_key.',
    );

    expect(await reportsOf({ 'reply-processor': [refused, refused] })).toEqual([
      {
        status: 'FIX',
        text:
          'reply-processor met openai_failed 2 times in 15 minutes: OpenAI failed to start a response: 401 invalid_api_key. ' +
          'See docs/reference/errors.md#openai_failed and logs reply-processor --stage prod',
      },
    ]);
  });

  it('says when it was the last time, and of what has not come back for three minutes that it seems over', async () => {
    const refused = (at: string) => line('twilio_not_sent', 'credentials refused (401)', at);

    const [now] = await reportsOf({ 'reply-processor': [refused('2026-11-21T09:59:00.000Z')] });
    const [past] = await reportsOf({ 'reply-processor': [refused('2026-11-21T09:52:00.000Z')] });

    expect(now).toMatchObject({
      status: 'FIX',
      text: expect.stringContaining('last one 1 min ago'),
    });
    expect(past).toMatchObject({
      status: 'warn',
      text: expect.stringMatching(/the last one 8 min ago.*It seems to be over\.$/),
    });
  });

  it('warns of what may pass by itself, each code of each function once', async () => {
    const reports = await reportsOf({
      'reply-processor': [line('twilio_busy', '429.'), line('openai_busy', '429.')],
      'email-deadline': [line('mailbox_unavailable', 'It answered 503.')],
    });

    expect(reports.map(({ status }) => status)).toEqual(['warn', 'warn', 'warn']);
  });

  it('is content with other lines, and with functions that have not run', async () => {
    const fine = JSON.stringify({ level: 'INFO', message: 'Run started.' });

    expect(await reportsOf({ 'reply-processor': [fine, line('store', 'Away.')] })).toMatchObject([
      { status: 'ok' },
    ]);
  });
});
