import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { say } from './command.ts';

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

// `cdk deploy` with the arguments of this process, the workers sized for the account.
const options = process.argv.slice(2);
const { values } = parseArgs({
  args: options,
  options: { profile: { type: 'string' } },
  strict: false,
  allowPositionals: true,
});
const profile = typeof values['profile'] === 'string' ? values['profile'] : undefined;
const given = process.env['ACCOUNT_CONCURRENCY'];
const allowed = given || (await accountConcurrency(profile));
say(
  allowed
    ? `Lambda may run ${allowed} functions at a time ${given ? 'by ACCOUNT_CONCURRENCY' : 'in this account'}: the workers are sized for that.`
    : 'AWS does not say how many functions may run at a time: the workers get what their stage wants. ACCOUNT_CONCURRENCY says otherwise.',
);
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
