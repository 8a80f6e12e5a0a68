import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { Template } from '../../local/cloud/template.ts';

const run = promisify(execFile);
const projectRoot = path.resolve(import.meta.dirname, '../..');

export type Shell = Record<string, string>;

/** Runs one of the project's commands as a person would, with these variables set; gives what it printed. */
export async function command(line: string, shell: Shell): Promise<string> {
  const [program = '', ...args] = line.split(' ');
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: 'true', ...shell };
  const { stdout, stderr } = await run(program, args, {
    cwd: projectRoot,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

export interface Deployed {
  outputs: Record<string, string>;
  template: Template;
}

/** The real `cdk deploy`; what the emulator leaves out of the template is set afterwards from the template itself. */
export async function deploy(shell: Shell): Promise<Deployed> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'replies-engine-deploy-'));
  const outputsFile = path.join(folder, 'outputs.json');
  const line = `npx cdk deploy --require-approval never --progress events --output ${folder}/cdk.out --outputs-file ${outputsFile}`;
  await command(line, shell);
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Shell>;
  const file = path.join(folder, 'cdk.out', 'replies-engine-dev.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  await setTimeToLive(template, shell);
  return { outputs: outputs['replies-engine-dev'] ?? {}, template };
}

async function setTimeToLive(template: Template, shell: Shell): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: String(shell['AWS_ENDPOINT_URL']),
    region: String(shell['AWS_REGION']),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const { Type, Properties: properties } of Object.values(template.Resources)) {
    const specification = properties?.['TimeToLiveSpecification'];
    if (Type !== 'AWS::DynamoDB::Table' || !specification) continue;
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: String(properties['TableName']),
        TimeToLiveSpecification: specification as { AttributeName: string; Enabled: boolean },
      }),
    );
  }
}
