import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CommandError } from './command.ts';
import { say } from './output.ts';

/** How many invocations the account of a profile runs at the same time; undefined where AWS does not say. */
async function accountConcurrency(profile: string | undefined): Promise<string | undefined> {
  try {
    const abortSignal = AbortSignal.timeout(10_000);
    const { AccountLimit: limit } = await new LambdaClient({ ...(profile && { profile }) }).send(
      new GetAccountSettingsCommand({}),
      { abortSignal },
    );
    return limit?.ConcurrentExecutions ? String(limit.ConcurrentExecutions) : undefined;
  } catch {
    return undefined;
  }
}

interface Wanted {
  stage?: string | undefined;
  prefix?: string | undefined;
  profile?: string | undefined;
}

/** `cdk deploy` with the options that are its own, the workers sized for the account. */
export async function deploy(more: string[], { stage, prefix, profile }: Wanted): Promise<void> {
  if (stage === 'local') throw new CommandError('The local cloud is run by npm start.');
  const given = process.env['ACCOUNT_CONCURRENCY'];
  const allowed = given || (await accountConcurrency(profile));
  say(
    allowed
      ? `Lambda may run ${allowed} functions at a time ${given ? 'by ACCOUNT_CONCURRENCY' : 'in this account'}: the workers are sized for that.`
      : 'AWS does not say how many functions may run at a time: the workers get what their stage wants. ACCOUNT_CONCURRENCY says otherwise.',
  );
  const options = [
    ...(stage ? ['-c', `EnvironmentName=${stage}`] : []),
    ...(prefix ? ['-c', `ProjectPrefix=${prefix}`] : []),
    ...(profile ? ['--profile', profile] : []),
    ...more,
  ];
  const cdk = fileURLToPath(new URL('./bin/cdk', import.meta.resolve('aws-cdk/package.json')));
  const child = spawn(process.execPath, [cdk, 'deploy', ...options], {
    stdio: 'inherit',
    env: { ...process.env, ...(allowed && { ACCOUNT_CONCURRENCY: allowed }) },
  });
  // The terminal's Ctrl-C reaches the CDK too, which ends as it sees fit.
  process.on('SIGINT', () => {});
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
}
