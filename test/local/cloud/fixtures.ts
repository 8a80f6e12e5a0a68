import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type FunctionDefinition, LocalFunction } from '../../../local/cloud/function.ts';

/** A folder that is gone after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'local-cloud-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface FunctionOptions extends Partial<FunctionDefinition> {
  maxEnvironments?: number;
}

/** A function of its own bundle, stopped after the test; `lines` is what it wrote. */
export function aFunction(
  bundle: string,
  { maxEnvironments = 1, ...definition }: FunctionOptions = {},
) {
  const file = path.join(aFolder(), 'index.js');
  writeFileSync(file, bundle);
  const lines: string[] = [];
  const target = new LocalFunction(
    {
      name: 'trial',
      file,
      exportName: 'handler',
      memoryMb: 128,
      timeoutSeconds: 10,
      environment: {},
      ...definition,
    },
    (name, line) => lines.push(`${name}: ${line}`),
    maxEnvironments,
  );
  onTestFinished(() => target.stop());
  return { target, lines };
}

/** A function that does this with each event and the context. */
export const aHandler = (body: string, options?: FunctionOptions) =>
  aFunction(`exports.handler = async (event, context) => { ${body} };`, options);
