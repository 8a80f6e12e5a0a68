import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type MailboxSimulator,
  startMailboxSimulator,
} from '../../local/simulators/mailbox/simulator.ts';
import {
  type OpenAiSimulator,
  startOpenAiSimulator,
} from '../../local/simulators/openai/simulator.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../local/simulators/twilio/simulator.ts';
import { command, type Deployed, deploy, type Shell } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';

const businessNumber = '+14155238886';
const accountSid = `AC${'1'.repeat(32)}`;
const authToken = 'a-deployed-auth-token';

let emulator: Emulator;
let openai: OpenAiSimulator;
let twilio: TwilioSimulator;
let mailbox: MailboxSimulator;
let shell: Shell;
let deployed: Deployed;

beforeAll(async () => {
  emulator = await startEmulator();
  openai = await startOpenAiSimulator({ runMs: () => 500 });
  twilio = await startTwilioSimulator({
    accountSid,
    authToken,
    deliveryMs: 50,
    webhookUrl: () => String(deployed.outputs['WhatsAppWebhookUrl']),
    postTo: () => emulator.endpoint,
  });
  mailbox = await startMailboxSimulator({ apiKey: 'a-mailbox-key' });
  shell = {
    ...emulator.environment,
    EMAILS_URL: mailbox.fresh.emailsUrl,
    RESPOND_URL: mailbox.fresh.respondUrl,
    OPENAI_BASE_URL: `${openai.url}/v1`,
    TWILIO_BASE_URL: twilio.url,
  };
  await command('npx cdk bootstrap aws://000000000000/us-east-1', shell);
  deployed = await deploy(shell);
  await command('npm run secrets -- --stage dev', {
    ...shell,
    OPENAI_API_KEY: 'a-deployed-key',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_PHONE_NUMBER: businessNumber,
    MAILBOX_API_KEY: 'a-mailbox-key',
  });
  await command('npm run tenants -- create acme --stage dev', shell);
  await command(
    `npm run channels -- add ${businessNumber} --company acme --project support --stage dev`,
    shell,
  );
}, 300_000);

afterAll(async () => {
  await mailbox?.close();
  await twilio?.close();
  await openai?.close();
  emulator?.stop();
});

const writes = (number: string, body: string) =>
  twilio.customerWrites({ from: `whatsapp:${number}`, to: `whatsapp:${businessNumber}`, body });

const hears = (number: string, count: number) =>
  vi.waitFor(
    () => {
      const bodies = twilio.sentTo(number).map(({ body }) => body);
      expect(bodies.length).toBeGreaterThanOrEqual(count);
      return bodies;
    },
    { timeout: 60_000, interval: 100 },
  );

/** The emulator reaches an API by its id in the path, not by its host. */
function deployedUrl(output: string, path = ''): string {
  const { host, pathname } = new URL(String(deployed.outputs[output]));
  return `${emulator.endpoint}/_aws/execute-api/${host.split('.')[0]}${pathname.replace(/\/$/, '')}${path}`;
}

/** A new key of the company, as the command prints it. */
async function aKey(more = ''): Promise<string> {
  const printed = await command(`npm run -s keys -- create acme --stage dev ${more}`.trim(), shell);
  return /re_(live|pub)_\S+/.exec(printed)?.[0] ?? '';
}

const asked = (path: string, key: string, init: RequestInit = {}) =>
  fetch(deployedUrl('ApiUrl', path), {
    ...init,
    headers: {
      'content-type': 'application/json',
      ...(key && { authorization: `Bearer ${key}` }),
      ...(init.headers as Record<string, string>),
    },
  });

/** Deliveries that have failed and wait for their pause. */
async function waitingWebhooks(): Promise<number> {
  const client = new SQSClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
  });
  const queue = { QueueName: 'replies-engine-webhooks-dev' };
  const { QueueUrl: url } = await client.send(new GetQueueUrlCommand(queue));
  const { Attributes: attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return Number(attributes?.['ApproximateNumberOfMessagesNotVisible']);
}

describe('the stack that cdk deploy has made', () => {
  it('answers a WhatsApp message and follows it until it is read', async () => {
    const { status } = await writes('+15550300001', 'Where is my order?');

    const [reply] = await hears('+15550300001', 1);
    expect(status).toBe(200);
    expect(reply).toContain('Where is my order?');
    await vi.waitFor(() => expect(twilio.sentTo('+15550300001')[0]?.status).toBe('read'), 10_000);
  });

  it('answers a webhook that comes twice once', async () => {
    const { messageSid } = await writes('+15550300002', 'Twice?');
    await twilio.repeatWebhook(messageSid);
    await hears('+15550300002', 1);
    await writes('+15550300002', 'And now?');

    expect(await hears('+15550300002', 2)).toHaveLength(2);
  });

  it('refuses what Twilio has not signed', async () => {
    const { status } = await fetch(deployedUrl('WhatsAppWebhookUrl'), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': 'bm8=',
      },
      body: 'MessageSid=SM1&From=whatsapp:%2B1&To=whatsapp:%2B2',
    });

    expect(status).toBe(403);
  });

  it('tells of a message step by step, by command', async () => {
    const { messageSid } = await writes('+15550300003', 'What became of it?');
    await hears('+15550300003', 1);
    const timeline = `npm run timeline -- ${messageSid} --company acme --customer +15550300003 --stage dev`;

    await vi.waitFor(
      async () => expect(await command(timeline, shell)).toContain('over (answered)'),
      { timeout: 30_000, interval: 1_000 },
    );
  });

  it('lists its queues of dead letters by command', async () => {
    const listed = await command('npm run dlq -- list --stage dev', shell);
    const redriven = await command('npm run dlq -- redrive email-runs --stage dev', shell);

    expect(listed).toMatch(
      /email-runs +empty\n\s*emails-ready +empty\n[\s\S]*whatsapp-replies +empty/,
    );
    expect(redriven).toContain('email-runs has no dead letters.');
  });

  it('is looked over by the doctor, each check on its own', async () => {
    const { stdout } = await command('npm run doctor -- --stage dev', shell).then(
      (said) => ({ stdout: said }),
      // Exit code 1: an emulator has no quotas, and the sandbox no API.
      (error: { stdout: string }) => error,
    );

    for (const check of ['credentials', 'stack', 'clock', 'companies', 'dead letters']) {
      expect(stdout).toMatch(new RegExp(`^ok +${check} `, 'm'));
    }
    expect(stdout).toContain('replies-engine/dev/openai-api-key/whatsapp is filled.');
    expect(stdout).not.toContain('a-deployed-key');
  });

  it('lists its channels by command', async () => {
    const printed = await command('npm run channels -- list --stage dev', shell);

    expect(printed).toContain(`whatsapp:${businessNumber}`);
    expect(printed).toContain('acme/support');
  });

  it('lets callers in by their keys, and nobody else', async () => {
    const [key, page] = [await aKey(), await aKey('--client')];

    const answers = await Promise.all([
      asked('/usage', key),
      asked('/usage', page),
      asked('/usage', `${key.slice(0, -3)}zzz`),
      asked('/usage', ''),
      asked('/health', ''),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 401, 401, 200]);
  });

  it('lets a company configure who answers its customers', async () => {
    const instructions = 'You answer for Acme, in verse.';

    const changed = await asked('/tenant-configuration/assistant', await aKey(), {
      method: 'POST',
      body: JSON.stringify({ feature_value: { instructions } }),
    });

    const shown = await command('npm run assistant -- show acme --stage dev', shell);
    expect(changed.status).toBe(201);
    expect(changed.headers.get('etag')).toBe('"1"');
    expect(shown).toContain(instructions);
  });

  it('answers a run of emails in their order, and each once', async () => {
    const key = await aKey();

    const started = await asked('/trigger?test=true', key, { method: 'POST' });
    const { run_id } = (await started.json()) as { run_id: string };
    const view = await vi.waitFor(
      async () => {
        const run = (await (await asked(`/status/${run_id}`, key)).json()) as { state: string };
        expect(run.state).toBe('completed');
        return run;
      },
      { timeout: 60_000, interval: 500 },
    );

    const grade = mailbox.runs().at(-1)?.box.grade();
    expect(started.status).toBe(202);
    expect(view).toMatchObject({ counts: { fetched: 20, sent: 20, failed: 0 } });
    expect(grade).toMatchObject({
      answered: 20,
      missing: [],
      duplicates: [],
      order_violations: [],
    });
  });

  it('judges a lead once, however often it is sent, and finds it by its priority', async () => {
    const key = await aKey();
    const lead = { note: 'Need urgent pricing for 50 seats ASAP!', source: 'website' };
    const send = () =>
      asked('/leads/', key, {
        method: 'POST',
        body: JSON.stringify(lead),
        headers: { 'idempotency-key': 'a-deployed-lead' },
      });

    const [first, second] = [await send(), await send()];
    const { id } = (await first.json()) as { id: string };
    const insight = await vi.waitFor(
      async () => {
        const answer = await asked(`/leads/${id}/insight`, key);
        expect(answer.status).toBe(200);
        return answer.json();
      },
      { timeout: 30_000, interval: 250 },
    );
    const urgent = await asked('/leads?priority=P0', key);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(insight).toMatchObject({ lead_id: id, intent: 'buy', priority: 'P0', version: 1 });
    expect(await urgent.json()).toMatchObject({ leads: [{ id, ...lead }], next_cursor: null });
  });

  it('tries to tell a company of a test over the bus, and never on a machine of its own', async () => {
    const key = await aKey();
    const set = (url: string) =>
      asked('/tenant-configuration/webhooks', key, {
        method: 'POST',
        body: JSON.stringify({ feature_value: { url } }),
      });

    const refused = await set('http://127.0.0.1:8080/');
    const taken = await set('https://hooks.invalid/');
    const endpoint = (await (await asked('/webhook-endpoint', key)).json()) as object;
    const tried = await asked('/webhook-endpoint/test', key, { method: 'POST' });

    expect([refused.status, taken.status, tried.status]).toEqual([422, 201, 202]);
    expect(endpoint).toMatchObject({
      state: 'active',
      signing_secret: expect.stringMatching(/^whsec_.{44}$/),
    });
    await vi.waitFor(async () => expect(await waitingWebhooks()).toBe(1), 20_000);
  });

  it('goes on answering after it was deployed again with a change', async () => {
    deployed = await deploy({ ...shell, RETENTION_DAYS: '30' });
    await writes('+15550300001', 'Still there?');

    const [, second] = await hears('+15550300001', 2);
    expect(second).toContain('2 earlier messages');
  }, 120_000);

  it('is gone after cdk destroy', async () => {
    const printed = await command('npx cdk destroy --force', shell);

    expect(printed).toContain('destroyed');
  }, 120_000);
});
