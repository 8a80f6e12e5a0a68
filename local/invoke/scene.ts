import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import startEvent from '../../events/email-start.json' with { type: 'json' };
import { credentialSchema } from '../../lambdas/administration/work/credential.ts';
import { runStore } from '../../lambdas/email-deadlines/stores/run-store.ts';
import { noCounts } from '../../lambdas/email-deadlines/work/run.ts';
import { keys } from '../../lambdas/tenancy/stores/keys.ts';
import type { DeployedFunction } from '../cloud/deployed-function.ts';
import type { Engine } from '../engine.ts';

/** Creates what the payloads of `events/` refer to, by the function's name, in a cloud for one call. */
const scenes: Record<string, (engine: Engine) => Promise<void>> = {
  authorizer: makePublicClient,
  'reply-processor': openWindow,
  'email-start': makeRun,
  async 'email-deadline'(engine) {
    await makeRun(engine);
    await startedRun(engine);
  },
};

/** Creates what the payload of this function refers to. */
export const setScene = async (engine: Engine, { shortName }: DeployedFunction): Promise<void> =>
  scenes[shortName]?.(engine);

/** A public client id, which is no secret: `re_pub_demo_InvokeEvents`. */
async function makePublicClient({ cloud }: Engine): Promise<void> {
  const client = credentialSchema.parse({
    tenant_id: 'demo',
    key_id: 'InvokeEvents',
    kind: 'client',
    name: 'Of events/authorizer.json',
    role: 'Visitor',
    created_at: new Date().toISOString(),
    created_by: 'npm run invoke',
  });
  await DynamoDBDocumentClient.from(cloud.services.tables.client).send(
    new PutCommand({
      TableName: String(cloud.outputs['TenantsTable']),
      Item: { ...keys.credential('demo', client.key_id), ...client },
    }),
  );
}

/** The customer must have written within the last 24 hours to be answered. */
async function openWindow({ twilio }: Engine): Promise<void> {
  await twilio?.customerWrites({
    from: 'whatsapp:+4915112345678',
    to: 'whatsapp:+14155238886',
    body: 'Hello!',
  });
}

async function makeRun({ cloud }: Engine): Promise<void> {
  const client = DynamoDBDocumentClient.from(cloud.services.tables.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const name = String(cloud.outputs['EmailRunsTable']);
  await runStore({ client, name, clock: { now: Date.now } }).create({
    ...noCounts,
    tenant_id: 'demo',
    run_id: 'example-run',
    state: 'pending',
    test_mode: true,
    dependency_kind: 'order',
    send: 'asap',
    concurrency_limit: 64,
    has_emails: false,
    cannot_be_met: [],
    at_risk: 0,
    problem: null,
    created_at: new Date().toISOString(),
    created_by: 'npm run invoke',
    completed_at: null,
  });
}

/** Fetches and stores the emails, as the previous function in the path does. */
async function startedRun({ cloud }: Engine): Promise<void> {
  const start = cloud.deployed.find(({ shortName }) => shortName === 'email-start');
  await cloud.services.functions.get(start?.definition.name ?? '')?.invoke(startEvent);
}
