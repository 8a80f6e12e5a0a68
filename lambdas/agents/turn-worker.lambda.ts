import { consumerParts, worker } from '../shared/lambda.ts';
import { fairShare } from '../shared/limits/fair-share.ts';
import { turnWorkerEnvironment } from './environment.ts';
import { agentsIn } from './run-wiring.ts';
import { turnConsumer } from './turn-worker.ts';

/** The turn worker: answers what nobody else answers. */
export const handler = worker('turn-worker', turnWorkerEnvironment, (parts) => {
  const { env, log } = parts;
  const agents = agentsIn(parts);
  const queue = { queueUrl: env.TURN_QUEUE_URL, deadLetterUrl: env.TURN_DLQ_URL };
  const workers = { name: 'turns', concurrency: env.WORKER_CONCURRENCY };
  const share = fairShare(agents.conversationsTable, workers, log);
  const ports = { ...agents, conversations: agents.log };
  return turnConsumer(ports, { ...consumerParts(parts, queue), share });
});
