import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { Hono } from 'hono';
import { sendableBody } from '../../lambdas/shared/queue/enqueue.ts';
import type { SimulatorEnv } from '../simulators/faults.ts';
import { type RunningServer, serveLocally } from '../simulators/server.ts';
import { localCredentials } from './credentials.ts';
import { type BusEvent, type EventPattern, eventPattern } from './event-pattern.ts';
import type { Queues } from './queues.ts';
import { signedBy } from './store-guard.ts';
import { arnOf, localAccount, localRegion } from './template.ts';

/** A queue that gets the events of a rule. */
export interface RuleTarget {
  queueArn: string;
  /** Gets the events that the queue refuses. */
  deadLetterArn?: string;
  /** A JSON path such as `$.detail.tenant_id`, or the group itself. */
  messageGroupId?: string;
}

/** EventBridge on one machine, as far as it is used: PutEvents, and buses whose rules have queues as targets. */
export interface EventBuses extends RunningServer {
  /** Makes a bus; returns its ARN. */
  createBus(name: string): string;
  /** Throws on a pattern that is not supported. */
  addRule(busName: string, pattern: unknown, targets: RuleTarget[]): void;
}

interface Entry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
  Resources?: string[];
  /** Seconds since the epoch. */
  Time?: number;
}

interface Rule {
  fits: EventPattern;
  targets: RuleTarget[];
}

const maxEntries = 10;
const maxRequestBytes = 262_144;

export async function startEventBuses(
  queues: Pick<Queues, 'client' | 'endpoint'>,
): Promise<EventBuses> {
  const buses = new Map<string, Rule[]>();

  const put = async (entry: Entry): Promise<{ EventId: string } | Refusal> => {
    const event = eventOf(entry);
    if ('ErrorCode' in event) return event;
    const rules = buses.get(busNameOf(entry)) ?? [];
    const targets = rules.filter(({ fits }) => fits(event)).flatMap(({ targets: all }) => all);
    await Promise.all(targets.map((target) => deliver(event, target, queues)));
    return { EventId: event.id };
  };

  const app = new Hono<SimulatorEnv>();
  app.post('/', async (c) => {
    const target = c.req.header('x-amz-target') ?? '';
    const text = await c.req.text();
    const refused = (type: string, message: string) => c.json({ __type: type, message }, 400);
    if (target !== 'AWSEvents.PutEvents') return refused('UnknownOperationException', target);
    const { Entries: entries = [] } = JSON.parse(text) as { Entries?: Entry[] };
    if (entries.length === 0 || entries.length > maxEntries) {
      return refused('ValidationException', `Expected 1 to ${maxEntries} entries.`);
    }
    if (sizeOf(entries) > maxRequestBytes) {
      return refused('ValidationException', `The entries have more than ${maxRequestBytes} bytes.`);
    }
    const lost = entries.map(busNameOf).find((name) => !buses.has(name));
    if (lost !== undefined) {
      return refused('ResourceNotFoundException', `There is no event bus ${lost}.`);
    }
    const results = await Promise.all(entries.map(put));
    const failed = results.filter((result) => 'ErrorCode' in result).length;
    return c.json({ FailedEntryCount: failed, Entries: results });
  });
  const server = await serveLocally(app, 0, signedBy(localCredentials));

  return {
    ...server,
    createBus(name) {
      if (!buses.has(name)) buses.set(name, []);
      return arnOf('events', `event-bus/${name}`);
    },
    addRule(busName, pattern, targets) {
      const rules = buses.get(busName);
      if (!rules)
        throw new Error(`The template has a rule on ${busName}, which it does not define.`);
      rules.push({ fits: eventPattern(pattern), targets });
    },
  };
}

const busNameOf = ({ EventBusName: name = 'default' }: Entry): string =>
  name.replace(/^arn:.*:event-bus\//, '');

/** The size as EventBridge counts it: the texts in UTF-8, and 14 bytes for a time. */
const sizeOf = (entries: Entry[]): number =>
  entries
    .map(({ Source = '', DetailType = '', Detail = '', Resources = [], Time }) => {
      const texts = [Source, DetailType, Detail, ...Resources].join('');
      return Buffer.byteLength(texts) + (Time === undefined ? 0 : 14);
    })
    .reduce((sum, bytes) => sum + bytes, 0);

interface Refusal {
  ErrorCode: 'InvalidArgument' | 'MalformedDetail';
  ErrorMessage: string;
}

function eventOf(entry: Entry): BusEvent | Refusal {
  const { Source: source, DetailType: type, Detail: text, Time: time, Resources = [] } = entry;
  if (!source || !type || !text) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Source, DetailType or Detail is missing.',
    };
  }
  const detail = objectIn(text);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const at = time === undefined ? new Date() : new Date(time * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source,
    account: localAccount,
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: localRegion,
    resources: Resources,
    detail,
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function deliver(
  event: BusEvent,
  { queueArn, deadLetterArn, messageGroupId }: RuleTarget,
  { client, endpoint }: Pick<Queues, 'client' | 'endpoint'>,
): Promise<void> {
  const send = (arn: string, group?: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: `${endpoint}/${localAccount}/${arn.split(':').at(-1)}`,
        MessageBody: sendableBody(JSON.stringify(event)),
        ...(group !== undefined && { MessageGroupId: group }),
      }),
    );
  try {
    await send(queueArn, messageGroupId && valueAt(event, messageGroupId));
  } catch (error) {
    if (!deadLetterArn) throw error;
    await send(deadLetterArn);
  }
}

/** The text at a JSON path of names; any other text as it is. */
function valueAt(event: BusEvent, path: string): string {
  if (!path.startsWith('$.')) return path;
  const names = path.slice(2).split('.');
  const value = names.reduce<unknown>((at, name) => Object(at)[name], event);
  return String(value);
}
