import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished } from 'vitest';
import { takes } from '../../bin/logs/filter-pattern.ts';
import { metricNamespace } from '../../lambdas/shared/metrics.ts';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { slug } from '../../lib/constructs/runbook-alarm.ts';
import { localCredentials } from '../../local/cloud/credentials.ts';
import { occupy } from '../../local/running.ts';
import { readLocalSettings } from '../../local/settings.ts';
import type { Effect } from '../../local/simulators/faults.ts';
import { alarmsOf, watchedBy } from '../lib/observability.ts';
import { startTestEngine, type TestEngine } from './engine.ts';
import { linesOf, searchesOf, wordsOf } from './runbook.ts';
import { templateOf } from './stack.ts';

const { twilio } = readLocalSettings({});
const alarms = alarmsOf(templateOf('prod'));

type Logged = Record<string, unknown>;

export const answers = (
  status: number,
  body: object = {},
  headers: Record<string, string> = {},
): Effect => ({ kind: 'respond', status, body, headers });

/** A local cloud on which an operator follows the runbook, with the commands that work on it. */
export async function startDrill(options: Parameters<typeof startTestEngine>[0] = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drill-'));
  const logs = new Map<string, string[]>();
  const engine = await startTestEngine({
    ...options,
    sink: (name, line) => {
      const short = name.replace(/^replies-engine-|-local$/g, '');
      logs.set(short, [...(logs.get(short) ?? []), line]);
    },
  });
  const running = occupy(folder);
  running?.publish(stateOf(engine));

  const allLines = () => [...logs.values()].flat();
  const functionNamed = (name: string) => {
    const found = engine.cloud.services.functions.get(`replies-engine-${name}-local`);
    if (!found) throw new Error(`There is no function ${name}.`);
    return found;
  };

  return {
    engine,
    /** What the alarm of this entry counts, over all that was counted; by the metrics that it looks at. */
    counted(heading: string, about?: string): number[] {
      const alarm = alarms[[...(about ? [about] : []), slug(heading)].join('-')];
      return watchedBy(alarm)
        .filter(({ namespace }) => namespace === metricNamespace)
        .map(({ name }) => valuesOf(allLines(), name).reduce((sum, value) => sum + value, 0));
    },
    threshold: (heading: string): number => alarms[slug(heading)].Threshold,
    values: (metric: string) => valuesOf(allLines(), metric),
    /** The lines that the entry's searches find, of the function with this name. */
    found(heading: string, log: string): string[] {
      const patterns = searchesOf(heading).filter((search) => search.log === log);
      // A search that stands for several functions says so in its entry.
      const all = patterns.length > 0 ? patterns : searchesOf(heading).slice(0, 1);
      const lines = logs.get(log) ?? [];
      return lines.filter((line) => all.some(({ pattern }) => takes(pattern, line)));
    },
    /** What the entry's searches find in a log, as soon as there is something that names this. */
    async foundSoon(heading: string, log: string, naming: string): Promise<Logged[]> {
      const found = () => this.found(heading, log).filter((line) => line.includes(naming));
      await expect.poll(found, { timeout: 15_000, interval: 50 }).not.toEqual([]);
      return found().map(this.entry);
    },
    linesOf: (log: string): string[] => logs.get(log) ?? [],
    /** The entry's command that begins so, as it stands there; words of it may be given. */
    async follows(heading: string, begin: string, given: Record<string, string> = {}) {
      const line = linesOf(heading, `replies ${begin}`)[0];
      if (!line) throw new Error(`"${heading}" has no command replies ${begin}.`);
      return this.run(line, given);
    },
    /** Runs a command, `replies …`, on the local cloud. */
    run(line: string, given: Record<string, string> = {}): Promise<string> {
      const words = Object.entries(given).reduce(
        (text, [name, value]) => text.replaceAll(name, value),
        line,
      );
      const parameters = ['bin/replies.mjs', ...wordsOf(words).slice(1)];
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: folder };
      return new Promise((resolve) => {
        execFile(process.execPath, parameters, { cwd: projectRoot, env }, (_error, out, said) =>
          resolve(out + said),
        );
      });
    },
    /** The vendor answers so until it is fixed, or the test ends. */
    fails(vendor: 'openai' | 'twilio', operation: string, effect: Effect, times = 10_000) {
      const faults = engine[vendor]?.faults;
      faults?.add({ operation, effect, times });
      const fix = () => faults?.clear();
      onTestFinished(fix);
      return fix;
    },
    /** Fills the secret of Twilio with this token, the right one where none is given. */
    fillTwilio(token = twilio.authToken) {
      engine.cloud.services.secrets.fill(
        'replies-engine/local/whatsapp-credentials/twilio',
        JSON.stringify({
          twilio_account_sid: twilio.accountSid,
          twilio_auth_token: token,
          twilio_phone_number: twilio.phoneNumber,
        }),
      );
    },
    /** Lets a function run with other variables until it is fixed: what runs of it ends at once. */
    spoil(name: string, variables: Record<string, string | undefined>): () => void {
      const { definition } = functionNamed(name);
      const before = { ...definition.environment };
      const restart = (environment: Record<string, string>) => {
        definition.environment = environment;
        functionNamed(name).crash();
      };
      const spoilt = { ...before, ...variables };
      restart(
        Object.fromEntries(
          Object.entries(spoilt).filter((one): one is [string, string] => one[1] !== undefined),
        ),
      );
      return () => restart(before);
    },
    async put(queue: string, body: unknown, attributes: Record<string, string> = {}) {
      const { client, endpoint } = engine.cloud.services.queues;
      const fifo = queue.endsWith('.fifo');
      await client.send(
        new SendMessageCommand({
          QueueUrl: `${endpoint}/000000000000/replies-engine-${queue}`,
          MessageBody: JSON.stringify(body),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, text]) => [
              name,
              { DataType: 'String', StringValue: text },
            ]),
          ),
          ...(fifo && { MessageGroupId: 'drill', MessageDeduplicationId: String(Math.random()) }),
        }),
      );
    },
    entry: (line: string | undefined): Logged => JSON.parse(line ?? '{}') as Logged,
    /** A file of the drill's own folder. */
    file: (name: string) => path.join(folder, name),
    async stop() {
      running?.leave();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Drill = Awaited<ReturnType<typeof startDrill>>;

const stateOf = ({ cloud, twilio, mailbox }: TestEngine) => ({
  pid: process.pid,
  url: cloud.url,
  twilio_url: twilio?.url ?? null,
  mailbox_url: mailbox?.url ?? null,
  business_number: '+14155238886',
  dynamodb_url: cloud.services.tables.endpoint,
  sqs_url: cloud.services.queues.endpoint,
  access_key_id: localCredentials.accessKeyId,
  secret_access_key: localCredentials.secretAccessKey,
  functions: cloud.deployed,
});

/** What was counted or timed under a name, of this deployment alone. */
function valuesOf(lines: string[], name: string): number[] {
  return lines
    .filter((line) => line.startsWith('{"_aws"') && line.includes(`"${name}"`))
    .flatMap((line) => {
      const counted = JSON.parse(line) as Record<string, number | number[]>;
      expect(counted['deployment']).toBe('replies-engine-local');
      return [counted[name] ?? []].flat();
    });
}
