import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DeployedFunction } from '../../../local/cloud/deployed-function.ts';
import { invokeOnce } from '../../../local/invoke/invocation.ts';
import { hasFailed, reportLines } from '../../../local/invoke/report.ts';

/** A function whose bundle is this code. */
function aFunction(code: string, timeoutSeconds = 5): Pick<DeployedFunction, 'definition'> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'invocation-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'index.js');
  writeFileSync(path.join(folder, 'package.json'), '{"type":"commonjs"}');
  writeFileSync(file, code);
  return {
    definition: {
      name: 'a-function',
      file,
      exportName: 'handler',
      memoryMb: 512,
      timeoutSeconds,
      environment: { GREETING: 'hello' },
    },
  };
}

async function run(code: string, event: unknown = {}, timeoutSeconds?: number) {
  const called = aFunction(code, timeoutSeconds);
  const log: string[] = [];
  const invocation = await invokeOnce(called, event, (line) => log.push(line));
  return {
    invocation,
    log,
    failed: hasFailed(invocation),
    report: reportLines(invocation, called.definition).join('\n'),
  };
}

describe('an invocation', () => {
  it('gives the handler the event, and only the environment of the template', async () => {
    const { invocation, failed } = await run(
      'exports.handler = async (event) => ({ event, names: Object.keys(process.env) });',
      { a: 1 },
    );

    const { outcome } = invocation;
    expect(outcome).toMatchObject({ kind: 'returned', result: { event: { a: 1 } } });
    const { names } = (outcome as { result: { names: string[] } }).result;
    expect(names).toContain('GREETING');
    expect(names).not.toContain('PATH');
    expect(failed).toBe(false);
  });

  it('gives what a handler that streams has written', async () => {
    const { invocation } = await run(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 200 });
      answer.write('one ');
      answer.write(event.word);
    });`,
      { word: 'two' },
    );

    const result = { statusCode: 200, body: 'one two' };
    expect(invocation.outcome).toMatchObject({ kind: 'returned', result });
  });

  it('tells the handler its name, limits and the time that remains', async () => {
    const { invocation } = await run(
      `exports.handler = async (_event, context) => ({
        name: context.functionName, memory: context.memoryLimitInMB, ms: context.getRemainingTimeInMillis() });`,
      {},
      900,
    );

    const { result } = invocation.outcome as { result: { ms: number } };
    expect(result).toMatchObject({ name: 'a-function', memory: '512' });
    // Of a long time, so that a busy machine makes no difference.
    expect(result.ms).toBeGreaterThan(800_000);
    expect(result.ms).toBeLessThanOrEqual(900_000);
  });

  it('passes on what is written, and tells times and memory', async () => {
    const { log, invocation, report } = await run(
      `console.log('out'); console.error('err');
       exports.handler = async () => void console.log('at the event');`,
    );

    expect(log.sort()).toEqual(['at the event', 'err', 'out']);
    expect(invocation.initMs).toBeGreaterThan(0);
    expect(invocation.peakMb).toBeGreaterThan(20);
    expect(report).toMatch(
      /^null\nREPORT RequestId: \S+ {2}Duration: [\d.]+ ms {2}Billed Duration: \d+ ms {2}Memory Size: 512 MB {2}Max Memory Used: \d+ MB {2}Init Duration: [\d.]+ ms$/,
    );
  });

  it('fails with the error that the handler throws', async () => {
    const { report, failed } = await run(
      "exports.handler = async () => { throw new TypeError('no such thing'); };",
    );

    expect(report).toContain('The function threw at this event: TypeError: no such thing');
    expect(failed).toBe(true);
  });

  it('fails when the bundle cannot be loaded', async () => {
    const broken = await run("throw new Error('a variable is missing');");
    const empty = await run('exports.other = 1;');

    expect(broken.report).toContain('threw while it was loaded: Error: a variable is missing');
    expect(empty.report).toContain('The bundle exports no handler.');
    expect([broken.failed, empty.failed]).toEqual([true, true]);
  });

  it('ends at the time limit of the template', async () => {
    const { report, failed } = await run(
      'exports.handler = () => new Promise(() => setInterval(() => {}, 1_000));',
      {},
      0.3,
    );

    expect(report).toContain('The function timed out after 0.3 s');
    expect(failed).toBe(true);
  });

  it('ends when a handler blocks its thread for ever', async () => {
    const { report } = await run('exports.handler = async () => { for (;;); };', {}, 0.3);

    expect(report).toContain('timed out after 0.3 s');
  });

  it('says so when the process ends without an answer', async () => {
    const { report, failed } = await run('exports.handler = async () => process.exit(3);');

    expect(report).toContain('ended with code 3 before it had answered');
    expect(failed).toBe(true);
  });

  it('fails when messages of its batch have failed', async () => {
    const { report, failed } = await run(
      "exports.handler = async () => ({ batchItemFailures: [{ itemIdentifier: 'm1' }] });",
    );

    expect(report).toContain('It reports 1 failed message,');
    expect(failed).toBe(true);
  });
});

describe('the report', () => {
  it('says when more memory was used than the function has', () => {
    const invocation = {
      requestId: 'r1',
      outcome: { kind: 'returned', result: null },
      initMs: 100.4,
      durationMs: 20.2,
      peakMb: 140,
    } as const;

    const lines = reportLines(invocation, { memoryMb: 128 });

    expect(lines.join('\n')).toContain('Billed Duration: 121 ms');
    expect(lines.at(-1)).toContain('more memory than its 128 MB');
  });
});
