import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import twilio from 'twilio';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'receive' });
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const secrets = new SecretsManagerClient({});
const queue = new SQSClient({});
const form = z.object({
  MessageSid: z.string(),
  From: z.string(),
  To: z.string(),
  Body: z.string(),
});
const credentials = z.object({ twilio_auth_token: z.string() });

/** The webhook written the obvious way: whole packages, everything made while it loads. */
export async function handler(
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { SecretString: secret = '{}' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: process.env['TWILIO_CREDENTIALS_SECRET_ID'] }),
  );
  const { twilio_auth_token: token } = credentials.parse(JSON.parse(secret));
  const text = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString();
  const fields = Object.fromEntries(new URLSearchParams(text));
  const url = `${process.env['PUBLIC_BASE_URL']}${event.rawPath}`;
  const signature = event.headers['x-twilio-signature'] ?? '';
  if (!twilio.validateRequest(token, signature, url, fields)) return { statusCode: 403 };
  const message = form.parse(fields);
  const { Item: channel } = await tables.send(
    new GetCommand({
      TableName: process.env['CONVERSATIONS_TABLE'],
      Key: { pk: 'CHANNELS', sk: message.To },
    }),
  );
  if (!channel) return { statusCode: 404 };
  await queue.send(
    new SendMessageCommand({
      QueueUrl: process.env['REPLY_QUEUE_URL'],
      MessageBody: JSON.stringify({ twilio_message: fields, company_id: channel['company_id'] }),
      MessageGroupId: message.From,
      MessageDeduplicationId: message.MessageSid,
    }),
  );
  logger.info('A message was received.', { message_sid: message.MessageSid });
  const twiml = new twilio.twiml.MessagingResponse().toString();
  return { statusCode: 200, headers: { 'content-type': 'text/xml' }, body: twiml };
}
