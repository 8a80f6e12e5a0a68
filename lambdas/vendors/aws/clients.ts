import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Bounds of one call to AWS: it answers within this time or is tried again, three times in all. */
const bounds = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(bounds), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** On AWS the queue's URL is the endpoint; a configured endpoint, such as an emulator's, comes before it. */
export const queueClient = (): SQSClient =>
  new SQSClient({
    ...bounds,
    useQueueUrlAsEndpoint: !process.env['AWS_ENDPOINT_URL_SQS'] && !process.env['AWS_ENDPOINT_URL'],
  });

export const secretsClient = (region?: string): SecretsManagerClient =>
  new SecretsManagerClient({ ...bounds, ...(region && { region }) });

export const eventsClient = (): EventBridgeClient => new EventBridgeClient(bounds);

/** For who has another way: a bus that hangs costs them two seconds. */
export const failFastEventsClient = (): EventBridgeClient =>
  new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: { ...bounds.requestHandler, requestTimeout: 1_000 },
  });

/** A download may take longer than a call of any other service. */
export const objectsClient = (): S3Client =>
  new S3Client({ ...bounds, requestHandler: { ...bounds.requestHandler, requestTimeout: 10_000 } });
