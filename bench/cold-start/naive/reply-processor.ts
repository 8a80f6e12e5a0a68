import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import OpenAI from 'openai';
import twilio from 'twilio';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'reply' });
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const secrets = new SecretsManagerClient({});
const queue = new SQSClient({});
const fields = z.object({
  MessageSid: z.string(),
  From: z.string(),
  To: z.string(),
  Body: z.string(),
});
const message = z.object({ twilio_message: fields, conversation_id: z.string() });
const credentials = z.object({ twilio_account_sid: z.string(), twilio_auth_token: z.string() });

async function secretOf(id: string | undefined): Promise<string> {
  const { SecretString: text = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: id }),
  );
  return text;
}

/** The reply processor written the obvious way. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const apiKey = await secretOf(process.env['OPENAI_API_KEY_SECRET_ID']);
  const stored = await secretOf(process.env['TWILIO_CREDENTIALS_SECRET_ID']);
  const { twilio_account_sid, twilio_auth_token } = credentials.parse(JSON.parse(stored));
  const openai = new OpenAI({ apiKey });
  const whatsapp = twilio(twilio_account_sid, twilio_auth_token);
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      const { twilio_message: asked, conversation_id } = message.parse(JSON.parse(body));
      let response = await openai.responses.create({
        model: 'gpt-5',
        input: asked.Body,
        background: true,
      });
      while (response.status === 'queued' || response.status === 'in_progress') {
        await sleep(1_000);
        response = await openai.responses.retrieve(response.id);
      }
      const reply = response.output_text;
      const sent = await whatsapp.messages.create({ to: asked.From, from: asked.To, body: reply });
      await tables.send(
        new PutCommand({
          TableName: process.env['CONVERSATIONS_TABLE'],
          Item: { pk: conversation_id, sk: asked.MessageSid, reply, sid: sent.sid },
        }),
      );
    } catch (error) {
      logger.error('A message could not be answered.', error as Error);
      await queue.send(
        new SendMessageCommand({ QueueUrl: process.env['REPLY_DLQ_URL'], MessageBody: body }),
      );
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
