import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
});

const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

/** The headers of a message that is sent from within a function. */
async function sentHeaders(): Promise<Record<string, string>> {
  let headers: Record<string, string> = {};
  const client = new SQSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { headers: Record<string, string> }) {
        headers = request.headers;
        throw new Error('Nothing is sent.');
      },
    },
  });
  const command = new SendMessageCommand({
    QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/a',
    MessageBody: '{}',
  });
  await client.send(command).catch(() => undefined);
  return headers;
}

describe('a message that a traced function sends', () => {
  it('carries the trace on to its consumer, without our doing', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'replies-engine-receive-dev');
    vi.stubEnv('_X_AMZN_TRACE_ID', header);

    expect((await sentHeaders())['X-Amzn-Trace-Id']).toBe(header);
  });

  it('carries none outside of Lambda', async () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', header);

    expect(await sentHeaders()).not.toHaveProperty('X-Amzn-Trace-Id');
  });
});
