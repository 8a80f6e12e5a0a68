import path from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { projectRoot } from '../../../lib/constructs/bundle.ts';
import type { DeployedFunction } from '../../../local/cloud/deployed-function.ts';
import type { Engine } from '../../../local/engine.ts';
import { readEvent } from '../../../local/invoke/event-file.ts';
import { invokeOnce } from '../../../local/invoke/invocation.ts';
import { setScene } from '../../../local/invoke/scene.ts';

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** What the bundles on an engine make of the payloads in `events/`, and what they leave. */
export function payloadsOf(engine: () => Engine) {
  const calledFor = (name: string): DeployedFunction => {
    const found = engine().cloud.deployed.find((one) => one.shortName === name);
    if (!found) throw new Error(`Expected a function with the name ${name}, got none.`);
    return found;
  };

  /** What the bundle makes of the payload of its name, after the changes to it. */
  async function resultOf(name: string, change: (event: object) => object = (event) => event) {
    const called = calledFor(name);
    await setScene(engine(), called);
    const event = change(readEvent(path.join(projectRoot, 'events', `${name}.json`)));
    const lines: string[] = [];
    const invocation = await invokeOnce(called, event, (line) => lines.push(line));
    const { outcome } = invocation;
    if (outcome.kind !== 'returned') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
    return { invocation, lines, result: outcome.result };
  }

  const answered = async (...of: Parameters<typeof resultOf>): Promise<Answer> =>
    (await resultOf(...of)).result as Answer;

  async function messagesOf(queue: string): Promise<unknown[]> {
    const { client, endpoint } = engine().cloud.services.queues;
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: `${endpoint}/000000000000/${queue}`,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      }),
    );
    return messages.map(({ Body }) => JSON.parse(String(Body)));
  }

  const tableOf = (output: string) => ({
    client: DynamoDBDocumentClient.from(engine().cloud.services.tables.client),
    name: String(engine().cloud.outputs[output]),
    clock: { now: Date.now },
  });

  return { resultOf, answered, messagesOf, tableOf };
}

/** The same caller, who reads what is at this path. */
export const reading =
  (rawPath: string, rawQueryString = '') =>
  (event: object): object => {
    const { requestContext, ...rest } = event as { requestContext: { http: object } };
    const http = { ...requestContext.http, method: 'GET', path: rawPath };
    return { ...rest, rawPath, rawQueryString, requestContext: { ...requestContext, http } };
  };
