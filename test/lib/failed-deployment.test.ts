import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryOf } from '../support/runbook.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'failed-deployment-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(
  entryOf('The first deployment of production failed'),
) ?? [''];

/** Follows the entry on an account that has these things; an `aws` of ours stands in for AWS's. */
function followed(things: string[]): string[] {
  const calls = path.join(folder, 'calls');
  writeFileSync(calls, '');
  writeFileSync(
    path.join(folder, 'aws'),
    `#!/bin/bash
name=$(printf '%s\\n' "$@" | grep '^replies-engine-')
echo "$1 $2 $3 $name" | sed -E 's/ --[a-z-]+//' >> ${calls}
case " ${things.join(' ')} " in *" $name "*) echo "$name"; exit 0 ;; esac
echo "An error occurred (ResourceNotFoundException): $name" >&2
exit 254
`,
  );
  chmodSync(path.join(folder, 'aws'), 0o755);
  const env = { PATH: `${folder}:${process.env['PATH']}`, REPLIES_STAGE: 'prod' };
  spawnSync('bash', ['-c', block], { env, encoding: 'utf8' });
  return readFileSync(calls, 'utf8').trim().split('\n');
}

describe('following the entry on a first deployment that failed', () => {
  const table = 'replies-engine-tenants-prod';
  const stack = 'replies-engine-prod';

  it('waits for no table and no stack that was never made', () => {
    const calls = followed([]);

    expect(calls.filter((call) => / wait /.test(call))).toEqual([]);
    expect(calls.filter((call) => / delete-/.test(call))).toEqual([]);
  });

  it('clears away what is half there: each table once it stands, then the stack', () => {
    const calls = followed([table, stack]);

    expect(calls.filter((call) => call.includes(table))).toEqual([
      `dynamodb describe-table ${table}`,
      `dynamodb wait table-exists ${table}`,
      `dynamodb update-table ${table}`,
      `dynamodb wait table-exists ${table}`,
      `dynamodb delete-table ${table}`,
    ]);
    expect(calls.slice(-3)).toEqual([
      `cloudformation update-termination-protection ${stack}`,
      `cloudformation delete-stack ${stack}`,
      `cloudformation wait stack-delete-complete ${stack}`,
    ]);
  });
});
