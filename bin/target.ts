import os from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../lambdas/shared/store/table.ts';
import { displayName, tenantId } from '../lambdas/tenancy/tenant.ts';
import { nothingRuns, type RunningState, runningIn } from '../local/running.ts';
import { CommandError, type Target } from './command.ts';

/** The name that the stack gives to a resource of the target. */
export const nameOf = (target: Target, name: string): string =>
  `${target.prefix}-${name}-${target.stage}`;

/** Clients find the deployed stack by the credentials and the region of the shell, the local cloud by what it says. */
function clientOptions(target: Target, endpoint: (state: RunningState) => string) {
  if (target.stage !== 'local') return {};
  const state = runningLocally();
  return { ...localAccess(state), endpoint: endpoint(state) };
}

/** What opens the emulators of the process that runs here. */
export const localAccess = (state: RunningState) => ({
  region: 'us-east-1',
  credentials: { accessKeyId: state.access_key_id, secretAccessKey: state.secret_access_key },
});

/** One of the target's tables. */
export function tableOf(
  target: Target,
  name: 'conversations' | 'platform-conversations' | 'tenants' | 'email-runs' | 'leads',
): Table {
  const client = new DynamoDBClient(clientOptions(target, ({ dynamodb_url }) => dynamodb_url));
  return {
    client: DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    }),
    name: nameOf(target, name),
    clock: { now: Date.now },
  };
}

/** A client for the target's queues, whose URLs may be those of an emulator. */
export const queuesOf = (target: Target): SQSClient =>
  new SQSClient({
    ...clientOptions(target, ({ sqs_url }) => sqs_url),
    useQueueUrlAsEndpoint: false,
  });

/** A company's id, or a plain line on what it takes. */
export function readTenantId(id = ''): string {
  if (tenantId.safeParse(id).success) return id;
  throw new CommandError(
    'A company’s id takes up to 64 letters, digits, dots, hyphens and underscores.',
  );
}

/** A phone number as Twilio writes it, with or without its prefix; or a plain line on what it takes. */
export function readNumber(text = ''): string {
  const number = text.replace(/^whatsapp:/, '');
  if (/^\+[1-9]\d{5,14}$/.test(number)) return number;
  throw new CommandError(
    `"${text}" is no number: write it with its country, such as +14155238886.`,
  );
}

/** A name for people, or a plain line on what it takes. */
export function readDisplayName(name: string): string {
  const result = displayName.safeParse(name);
  if (result.success) return result.data;
  throw new CommandError(
    'A --name has 1 to 200 characters, all in one line and none a control character.',
  );
}

/** The name under which the changes of a command's user are recorded. */
export const operator = (): string => `operator:${os.userInfo().username}`;

/** The process of `npm start` here. */
export function runningLocally(): RunningState {
  const dataDir = path.resolve(process.env['DATA_DIR'] ?? '.local');
  const state = runningIn(dataDir);
  if (state) return state;
  throw new CommandError(`${nothingRuns(dataDir)} Or name a deployed stage, such as --stage dev.`);
}
