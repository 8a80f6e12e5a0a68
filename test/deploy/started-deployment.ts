import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';
import { startMailboxSimulator } from '../../local/simulators/mailbox/simulator.ts';
import { startOpenAiSimulator } from '../../local/simulators/openai/simulator.ts';
import { startTwilioSimulator } from '../../local/simulators/twilio/simulator.ts';
import { command, type Deployed, deploy } from './deployment.ts';
import { startEmulator } from './emulator.ts';

export const businessNumber = '+14155238886';
const accountSid = `AC${'1'.repeat(32)}`;
const authToken = 'a-deployed-auth-token';

/** The stage dev, deployed and set up as the README says, with simulated vendors around it. */
export async function startDeployment() {
  const emulator = await startEmulator();
  let deployed: Deployed | undefined;
  const output = (name: string): string => {
    const value = deployed?.outputs[name];
    if (!value) throw new Error(`Expected an output ${name} of the stack, got none.`);
    return value;
  };
  const openai = await startOpenAiSimulator({ runMs: () => 500 });
  const twilio = await startTwilioSimulator({
    accountSid,
    authToken,
    deliveryMs: 50,
    webhookUrl: () => output('WhatsAppWebhookUrl'),
    postTo: () => emulator.endpoint,
  });
  const mailbox = await startMailboxSimulator({ apiKey: 'a-mailbox-key' });
  const shell = {
    ...emulator.environment,
    EMAILS_URL: mailbox.fresh.emailsUrl,
    RESPOND_URL: mailbox.fresh.respondUrl,
    OPENAI_BASE_URL: `${openai.url}/v1`,
    TWILIO_BASE_URL: twilio.url,
  };
  const run = (line: string, more: Record<string, string> = {}) =>
    command(line, { ...shell, ...more });
  const redeploy = async (more: Record<string, string> = {}) => {
    deployed = await deploy({ ...shell, ...more });
  };
  /** The emulator reaches an API by its id in the path, not by its host. */
  const url = (name: string, path = ''): string => {
    const { host, pathname } = new URL(output(name));
    return `${emulator.endpoint}/_aws/execute-api/${host.split('.')[0]}${pathname.replace(/\/$/, '')}${path}`;
  };

  await run('npx cdk bootstrap aws://000000000000/us-east-1');
  await redeploy();
  await run('npm run secrets -- --stage dev', {
    OPENAI_API_KEY: 'a-deployed-key',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_PHONE_NUMBER: businessNumber,
    MAILBOX_API_KEY: 'a-mailbox-key',
  });
  await run('npm run tenants -- create acme --stage dev');
  await run(
    `npm run channels -- add ${businessNumber} --company acme --project support --stage dev`,
  );

  return {
    twilio,
    mailbox,
    run,
    redeploy,
    url,
    writes: (number: string, body: string) =>
      twilio.customerWrites({ from: `whatsapp:${number}`, to: `whatsapp:${businessNumber}`, body }),
    hears: (number: string, count: number) =>
      vi.waitFor(
        () => {
          const bodies = twilio.sentTo(number).map((sent) => sent.body);
          expect(bodies.length).toBeGreaterThanOrEqual(count);
          return bodies;
        },
        { timeout: 60_000, interval: 100 },
      ),
    /** A new key of the company, as the command prints it. */
    async aKey(more = ''): Promise<string> {
      const printed = await run(`npm run -s keys -- create acme --stage dev ${more}`.trim());
      return /re_(live|pub)_\S+/.exec(printed)?.[0] ?? '';
    },
    asked: (path: string, key: string, init: RequestInit = {}) =>
      fetch(url('ApiUrl', path), {
        ...init,
        headers: {
          'content-type': 'application/json',
          ...(key && { authorization: `Bearer ${key}` }),
          ...(init.headers as Record<string, string>),
        },
      }),
    /** Deliveries that have failed and wait for their pause. */
    async waitingWebhooks(): Promise<number> {
      const client = new SQSClient({
        endpoint: emulator.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        useQueueUrlAsEndpoint: false,
      });
      const queue = { QueueName: 'replies-engine-webhooks-dev' };
      const { QueueUrl } = await client.send(new GetQueueUrlCommand(queue));
      const { Attributes: attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return Number(attributes?.['ApproximateNumberOfMessagesNotVisible']);
    },
    /** A file of the site, as it lies in its bucket: the emulator has no CloudFront before it. */
    async siteFile(key: string): Promise<string> {
      const client = new S3Client({
        endpoint: emulator.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        forcePathStyle: true,
      });
      const { Buckets: buckets = [] } = await client.send(new ListBucketsCommand({}));
      const bucket = buckets.find(({ Name }) => Name?.includes('sitebucket'))?.Name;
      const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return String(await found.Body?.transformToString());
    },
    async stop() {
      await Promise.all([mailbox.close(), twilio.close(), openai.close()]);
      emulator.stop();
    },
  };
}
export type Deployment = Awaited<ReturnType<typeof startDeployment>>;
