import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { gradeRun } from '../../bench/email-runs/grade.ts';
import { businessNumber, type Deployment, startDeployment } from './started-deployment.ts';

let stage: Deployment;

beforeAll(async () => {
  stage = await startDeployment();
}, 300_000);

afterAll(() => stage?.stop());

describe('the stack that cdk deploy has made', () => {
  it('answers a WhatsApp message and follows it until it is read', async () => {
    const { status } = await stage.writes('+15550300001', 'Where is my order?');

    const [reply] = await stage.hears('+15550300001', 1);
    expect(status).toBe(200);
    expect(reply).toContain('Where is my order?');
    await vi.waitFor(
      () => expect(stage.twilio.sentTo('+15550300001')[0]?.status).toBe('read'),
      10_000,
    );
  });

  it('answers a webhook that comes twice once', async () => {
    const { messageSid } = await stage.writes('+15550300002', 'Twice?');
    await stage.twilio.repeatWebhook(messageSid);
    await stage.hears('+15550300002', 1);
    await stage.writes('+15550300002', 'And now?');

    expect(await stage.hears('+15550300002', 2)).toHaveLength(2);
  });

  it('refuses what Twilio has not signed', async () => {
    const { status } = await fetch(stage.url('WhatsAppWebhookUrl'), {
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
    const { messageSid } = await stage.writes('+15550300003', 'What became of it?');
    await stage.hears('+15550300003', 1);
    const timeline = `npm run timeline -- ${messageSid} --company acme --customer +15550300003 --stage dev`;

    await vi.waitFor(async () => expect(await stage.run(timeline)).toContain('over (answered)'), {
      timeout: 30_000,
      interval: 1_000,
    });
  });

  it('lists its queues of dead letters by command', async () => {
    const listed = await stage.run('npm run dlq -- list --stage dev');
    const redriven = await stage.run('npm run dlq -- redrive email-runs --stage dev');

    expect(listed).toMatch(
      /email-runs +no dead letters;.*\n\s*emails-ready +no dead letters;.*\n[\s\S]*whatsapp-replies +no dead letters/,
    );
    expect(redriven).toContain('email-runs has no dead letters.');
  });

  it('is looked over by the doctor, each check on its own', async () => {
    const { stdout } = await stage.run('npm run doctor -- --stage dev').then(
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
    const printed = await stage.run('npm run channels -- list --stage dev');

    expect(printed).toContain(`whatsapp:${businessNumber}`);
    expect(printed).toContain('acme/support');
  });

  it('lets callers in by their keys, and nobody else', async () => {
    const [key, page] = [await stage.aKey(), await stage.aKey('--client')];

    const answers = await Promise.all([
      stage.asked('/usage', key),
      stage.asked('/usage', page),
      stage.asked('/usage', `${key.slice(0, -3)}zzz`),
      stage.asked('/usage', ''),
      stage.asked('/health', ''),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 401, 401, 200]);
  });

  it('has the files of the widget in its bucket, which know where the API is', async () => {
    expect(await stage.siteFile('widget/index.html')).toContain('<!doctype html>');
    expect(JSON.parse(await stage.siteFile('widget/config.json'))).toEqual({
      api_url: expect.stringContaining('.execute-api.'),
    });
  });

  it('lets a company configure who answers its customers', async () => {
    const instructions = 'You answer for Acme, in verse.';

    const changed = await stage.asked('/tenant-configuration/assistant', await stage.aKey(), {
      method: 'POST',
      body: JSON.stringify({ feature_value: { instructions } }),
    });

    const shown = await stage.run('npm run assistant -- show acme --stage dev');
    expect(changed.status).toBe(201);
    expect(changed.headers.get('etag')).toBe('"1"');
    expect(shown).toContain(instructions);
  });

  it('answers a run of emails in their order, and each once', async () => {
    const key = await stage.aKey();

    const started = await stage.asked('/trigger?test=true', key, { method: 'POST' });
    const { run_id } = (await started.json()) as { run_id: string };
    const view = await vi.waitFor(
      async () => {
        const run = (await (await stage.asked(`/status/${run_id}`, key)).json()) as {
          state: string;
        };
        expect(run.state).toBe('completed');
        return run;
      },
      { timeout: 60_000, interval: 500 },
    );

    const { box } = stage.mailbox.runs().at(-1) ?? {};
    expect(started.status).toBe(202);
    expect(view).toMatchObject({ counts: { fetched: 20, sent: 20, failed: 0 } });
    expect(box && gradeRun(box.record())).toMatchObject({
      answered: 20,
      missing: [],
      duplicates: [],
      order_violations: [],
    });
  });

  it('classifies a lead once, however often it is sent, and finds it by its priority', async () => {
    const key = await stage.aKey();
    const lead = { note: 'Need urgent pricing for 50 seats ASAP!', source: 'website' };
    const send = () =>
      stage.asked('/leads/', key, {
        method: 'POST',
        body: JSON.stringify(lead),
        headers: { 'idempotency-key': 'a-deployed-lead' },
      });

    const [first, second] = [await send(), await send()];
    const { id } = (await first.json()) as { id: string };
    const insight = await vi.waitFor(
      async () => {
        const answer = await stage.asked(`/leads/${id}/insight`, key);
        expect(answer.status).toBe(200);
        return answer.json();
      },
      { timeout: 30_000, interval: 250 },
    );
    const urgent = await stage.asked('/leads?priority=P0', key);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(insight).toMatchObject({ lead_id: id, intent: 'buy', priority: 'P0', version: 1 });
    expect(await urgent.json()).toMatchObject({ leads: [{ id, ...lead }], next_cursor: null });
  });

  it('tries to tell a company of a test over the bus, and never on a machine of its own', async () => {
    const key = await stage.aKey();
    const set = (url: string) =>
      stage.asked('/tenant-configuration/webhooks', key, {
        method: 'POST',
        body: JSON.stringify({ feature_value: { url } }),
      });

    const refused = await set('http://127.0.0.1:8080/');
    const taken = await set('https://hooks.invalid/');
    const endpoint = (await (await stage.asked('/webhook-endpoint', key)).json()) as object;
    const tried = await stage.asked('/webhook-endpoint/test', key, { method: 'POST' });

    expect([refused.status, taken.status, tried.status]).toEqual([422, 201, 202]);
    expect(endpoint).toMatchObject({
      state: 'active',
      signing_secret: expect.stringMatching(/^whsec_.{44}$/),
    });
    await vi.waitFor(async () => expect(await stage.waitingWebhooks()).toBe(1), 20_000);
  });

  it('keeps answering after it was deployed again with a change', async () => {
    await stage.redeploy({ RETENTION_DAYS: '30' });
    await stage.writes('+15550300001', 'Still there?');

    const [, second] = await stage.hears('+15550300001', 2);
    expect(second).toContain('2 earlier messages');
  }, 120_000);

  it('is gone after cdk destroy', async () => {
    const printed = await stage.run('npx cdk destroy --force');

    expect(printed).toContain('destroyed');
  }, 120_000);
});
