import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import twilio from 'twilio';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'status' });
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const secrets = new SecretsManagerClient({});
const form = z.object({ MessageSid: z.string(), MessageStatus: z.string() });
const credentials = z.object({ twilio_auth_token: z.string() });

/** The status callback written the obvious way. */
export async function handler(
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { SecretString: secret = '{}' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: process.env['TWILIO_CREDENTIALS_SECRET_ID'] }),
  );
  const { twilio_auth_token: token } = credentials.parse(JSON.parse(secret));
  const text = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString();
  const fields = Object.fromEntries(new URLSearchParams(text));
  const url = `${process.env['PUBLIC_BASE_URL']}${event.rawPath}?${event.rawQueryString}`;
  const signature = event.headers['x-twilio-signature'] ?? '';
  if (!twilio.validateRequest(token, signature, url, fields)) return { statusCode: 403 };
  const report = form.parse(fields);
  await tables.send(
    new UpdateCommand({
      TableName: process.env['CONVERSATIONS_TABLE'],
      Key: { pk: 'MESSAGES', sk: report.MessageSid },
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': report.MessageStatus },
    }),
  );
  logger.info('A status was recorded.', { message_sid: report.MessageSid });
  return { statusCode: 204 };
}
