import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import type { RunningState } from '../../local/running.ts';
import type { Target } from '../command.ts';
import { secretId } from '../secret-names.ts';
import { localAccess, nameOf } from '../target.ts';

/** What is deployed, asked once however many checks need it. */
export interface Deployment {
  target: Target;
  stack(): Promise<{ status: string; outputs: Record<string, string> } | undefined>;
  /** The variables of a function, by its name without prefix and stage. */
  variables(name: string): Promise<Record<string, string>>;
  /** A secret's value; undefined while it is empty. */
  secret(name: string): Promise<string | undefined>;
}

export function deploymentOf(target: Target): Deployment {
  const formation = new CloudFormationClient({});
  const lambda = new LambdaClient({});
  const secrets = new SecretsManagerClient({});
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const asked = (known.get(name) as Promise<T> | undefined) ?? ask();
    known.set(name, asked);
    return asked;
  };
  return {
    target,
    stack: () => once('stack', () => stackOf(formation, `${target.prefix}-${target.stage}`)),
    variables: (name) =>
      once(`variables ${name}`, async () => {
        const command = new GetFunctionConfigurationCommand({ FunctionName: nameOf(target, name) });
        const { Environment: environment } = await lambda.send(command);
        return environment?.Variables ?? {};
      }),
    secret: (name) => once(`secret ${name}`, () => secretOf(secrets, secretId(target, name))),
  };
}

/** The same of what `npm start` runs: its functions know their variables, and where their secrets are. */
export function localDeployment(target: Target, running: RunningState): Deployment {
  const variables = async (name: string): Promise<Record<string, string>> =>
    running.functions.find(({ shortName }) => shortName === name)?.definition.environment ?? {};
  return {
    target,
    async stack() {
      const { PUBLIC_BASE_URL: publicUrl = running.url } = await variables('receive');
      const outputs = { ApiUrl: running.url, WhatsAppWebhookUrl: publicUrl + paths.inbound };
      return { status: 'running', outputs };
    },
    variables,
    async secret(name) {
      const { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint } = await variables('receive');
      const client = new SecretsManagerClient({ ...localAccess(running), endpoint });
      return secretOf(client, secretId(target, name));
    },
  };
}

async function stackOf(formation: CloudFormationClient, name: string) {
  try {
    const { Stacks: stacks = [] } = await formation.send(
      new DescribeStacksCommand({ StackName: name }),
    );
    const outputs = (stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [
      String(OutputKey),
      String(OutputValue),
    ]);
    return { status: String(stacks[0]?.StackStatus), outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** A secret without a value and one that is not there answer alike; the stack's own check tells them apart. */
async function secretOf(secrets: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    const { SecretString: value } = await secrets.send(new GetSecretValueCommand({ SecretId: id }));
    return value || undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
