import os from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { givenName } from '../lambdas/tenancy/contract.ts';
import type { Table } from '../lambdas/vendors/aws/table.ts';
import { isStageName, stages } from '../lib/stages.ts';
import { type RunningState, runningIn } from '../local/running.ts';

/** A command that was used wrongly, or cannot work as things are: one plain line for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Which deployment a command works on: the local cloud, or a stage on AWS. */
export interface Target {
  stage: string;
  prefix: string;
}

export const targetOptions = {
  stage: { type: 'string', default: 'local' },
  prefix: { type: 'string', default: 'replies-engine' },
} as const;

export function readTarget({ stage, prefix }: Target): Target {
  if (isStageName(stage)) return { stage, prefix };
  throw new CommandError(`--stage is "${stage}": choose ${Object.keys(stages).join(', ')}.`);
}

/** A client for the target's tables; on AWS with the credentials and region of the shell. */
function tablesOf(target: Target): DynamoDBDocumentClient {
  const client = target.stage === 'local' ? localTables() : new DynamoDBClient({});
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

const tableName = (target: Target, name: string): string =>
  `${target.prefix}-${name}-${target.stage}`;

/** One of the target's tables. */
export const tableOf = (target: Target, name: 'conversations' | 'tenants'): Table => ({
  client: tablesOf(target),
  name: tableName(target, name),
  clock: { now: Date.now },
});

/** A name for people, or a plain line on what it takes. */
export function readGivenName(name: string): string {
  const result = givenName.safeParse(name);
  if (result.success) return result.data;
  throw new CommandError(
    'A --name has 1 to 200 characters, all in one line and none a control character.',
  );
}

/** Who gives a command, as changes are noted. */
export const operator = (): string => `operator:${os.userInfo().username}`;

function localTables(): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: runningLocally().dynamodb_url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

function runningLocally(): RunningState {
  const state = runningIn(path.resolve(process.env['DATA_DIR'] ?? '.local'));
  if (state) return state;
  throw new CommandError(
    'Nothing is running here: run npm start in another terminal, or name a deployed stage, such as --stage dev.',
  );
}

/** Runs a command: 0 when it worked, 2 when it was used wrongly, 1 when something failed, said in one line. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = error instanceof CommandError || isUsageError(error) ? 2 : 1;
    console.error(
      explain(error)
        .trim()
        .replaceAll(/\s*\n\s*/g, ' '),
    );
  }
}

const isUsageError = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (error.name) {
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
      return 'AWS refuses these credentials: log in again, or set AWS_PROFILE.';
    case 'CredentialsProviderError':
      return 'AWS finds no credentials: log in (aws configure, aws sso login), or set AWS_PROFILE.';
    case 'ResourceNotFoundException':
      return 'The stack is not there: check --stage, --prefix and AWS_REGION, or deploy it first.';
    case 'EngineError':
      return error.cause ? explain(error.cause) : error.message;
    default:
      return /region is missing/i.test(error.message)
        ? 'AWS knows no region: set AWS_REGION.'
        : error.message;
  }
}
