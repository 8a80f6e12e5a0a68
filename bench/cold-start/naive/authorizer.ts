import { createHash } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'authorizer' });
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const stored = z.object({ tenant_id: z.string(), role: z.string(), secret_hash: z.string() });

/** The authorizer written the obvious way. */
export async function handler(event: APIGatewayRequestAuthorizerEventV2) {
  const text = (event.headers?.['authorization'] ?? '').replace(/^Bearer /, '');
  const [, tenantId, keyId, secret] = /^re_live_(.+)_(\w+)_(\w+)$/.exec(text) ?? [];
  if (!tenantId || !keyId || !secret) return ofToken(text);
  const { Item: item } = await tables.send(
    new GetCommand({
      TableName: process.env['TENANTS_TABLE'],
      Key: { pk: `TENANT#${tenantId}`, sk: `KEY#${keyId}` },
    }),
  );
  const key = stored.safeParse(item);
  const hash = createHash('sha256').update(secret).digest('hex');
  if (!key.success || key.data.secret_hash !== hash) return { isAuthorized: false };
  logger.info('A caller is known.', { tenant_id: tenantId });
  return { isAuthorized: true, context: { tenant_id: tenantId, role: key.data.role } };
}

async function ofToken(token: string) {
  const issuer = String(process.env['OIDC_ISSUER']);
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(token, keys, { issuer });
  return { isAuthorized: true, context: { tenant_id: String(payload['tenant_id']) } };
}
