import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { LocalAuthorizer } from './authorizer.ts';
import { bucketMakers } from './bucket-resources.ts';
import type { CorsConfiguration } from './cors.ts';
import { localCredentials } from './credentials.ts';
import { eventMakers } from './event-resources.ts';
import { EventSource } from './event-source.ts';
import { LocalFunction } from './function.ts';
import { functionOf, type Make, type Services } from './resource-maker.ts';
import { restMakers } from './rest-resources.ts';
import { makeSecret } from './secret-resource.ts';
import {
  arnOf,
  localAccount,
  localRegion,
  type Properties,
  type Resolver,
  referencesOf,
  type Template,
} from './template.ts';
import { watchingMakers } from './watching-resources.ts';

/** Makes a resource that has no effect on one machine: permissions, log groups, metadata. */
const named: Make = (properties, _services, _resolver, logicalId) => {
  const name = String(properties['RoleName'] ?? properties['LogGroupName'] ?? logicalId);
  return { ref: name, attributes: { Arn: arnOf('local', name) } };
};

const makers: Record<string, Make> = {
  ...eventMakers,
  'AWS::CDK::Metadata': named,
  'AWS::IAM::Role': named,
  'AWS::IAM::Policy': named,
  'AWS::Logs::LogGroup': named,
  'AWS::Lambda::Permission': named,
  'AWS::SQS::QueuePolicy': named,
  ...watchingMakers,
  ...restMakers,
  ...bucketMakers,

  'AWS::SQS::Queue': async (properties, { queues }, _resolver, logicalId) => {
    const { QueueName: name = logicalId, Tags: _tags, ...rest } = properties;
    const attributes = Object.entries(rest).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    const queue = await queues.create(String(name), Object.fromEntries(attributes));
    return {
      ref: queue.url,
      attributes: { Arn: queue.arn, QueueName: String(name), QueueUrl: queue.url },
    };
  },

  'AWS::DynamoDB::Table': async (properties, { tables }, _resolver, logicalId) => {
    const name = String(properties['TableName'] ?? logicalId);
    const tableArn = await tables.create({
      TableName: name,
      KeySchema: properties['KeySchema'],
      AttributeDefinitions: properties['AttributeDefinitions'],
      BillingMode: 'PAY_PER_REQUEST',
      ...(properties['GlobalSecondaryIndexes'] !== undefined && {
        GlobalSecondaryIndexes: properties['GlobalSecondaryIndexes'],
      }),
    } as CreateTableCommandInput);
    return { ref: name, attributes: { Arn: tableArn } };
  },

  'AWS::SecretsManager::Secret': makeSecret,

  'AWS::Lambda::Function': (properties, services, _resolver, logicalId) => {
    const name = String(properties['FunctionName'] ?? logicalId);
    const [module = '', exportName = ''] = String(properties['Handler']).split('.');
    const { S3Key: assetKey } = properties['Code'] as { S3Key: string };
    const { Variables: variables = {} } = (properties['Environment'] ?? {}) as {
      Variables?: Record<string, string>;
    };
    const memoryMb = Number(properties['MemorySize'] ?? 128);
    const made = new LocalFunction(
      {
        name,
        file: path.join(assetFolder(services.assemblyFolder, assetKey), `${module}.js`),
        exportName,
        memoryMb,
        timeoutSeconds: Number(properties['Timeout'] ?? 3),
        environment: {
          ...variables,
          ...runtimeEnvironment(name, memoryMb, services),
          LAMBDA_TASK_ROOT: assetFolder(services.assemblyFolder, assetKey),
        },
      },
      services.sink,
      services.maxEnvironments,
    );
    services.functions.set(name, made);
    return { ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } };
  },

  'AWS::Lambda::EventSourceMapping': (properties, services, _resolver, logicalId) => {
    const target = functionOf(String(properties['FunctionName']), services);
    const queueArn = String(properties['EventSourceArn']);
    const queueName = queueArn.split(':').at(-1);
    const scaling = properties['ScalingConfig'] as { MaximumConcurrency?: number } | undefined;
    const types = (properties['FunctionResponseTypes'] ?? []) as string[];
    const wanted = scaling?.MaximumConcurrency ?? services.maxEnvironments;
    const definition = {
      queueArn,
      queueUrl: `${services.queues.endpoint}/${localAccount}/${queueName}`,
      batchSize: Number(properties['BatchSize'] ?? 10),
      reportsBatchItemFailures: types.includes('ReportBatchItemFailures'),
      concurrency: Math.min(wanted, services.maxEnvironments),
    };
    services.eventSources.push(() => new EventSource(definition, services.queues.client, target));
    return { ref: logicalId, attributes: { Id: logicalId } };
  },

  'AWS::ApiGatewayV2::Api': (properties, services, _resolver, logicalId) => {
    const cors = properties['CorsConfiguration'] as CorsConfiguration | undefined;
    if (cors) services.cors = cors;
    return { ref: logicalId, attributes: { ApiEndpoint: services.apiUrl, ApiId: logicalId } };
  },
  'AWS::ApiGatewayV2::Authorizer': (properties, services, _resolver, logicalId) => {
    if (properties['AuthorizerType'] !== 'REQUEST' || !properties['EnableSimpleResponses']) {
      throw new Error('The local cloud supports only Lambda authorizers with simple responses.');
    }
    const authorizer = new LocalAuthorizer({
      identitySources: properties['IdentitySource'] as string[],
      cacheSeconds: Number(properties['AuthorizerResultTtlInSeconds'] ?? 300),
      target: functionOf(String(properties['AuthorizerUri']), services),
    });
    services.authorizers.set(logicalId, authorizer);
    return { ref: logicalId, attributes: { AuthorizerId: logicalId } };
  },
  'AWS::ApiGatewayV2::Integration': (properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
    attributes: { IntegrationUri: String(properties['IntegrationUri']) },
  }),
  'AWS::ApiGatewayV2::Route': (properties, services, resolver, logicalId) => {
    const integrationId = String(properties['Target']).replace('integrations/', '');
    const uri = String(resolver.made(integrationId)?.attributes?.['IntegrationUri']);
    const target = functionOf(uri, services);
    const authorizer = services.authorizers.get(String(properties['AuthorizerId']));
    if (!authorizer && (properties['AuthorizationType'] ?? 'NONE') !== 'NONE') {
      throw new Error(
        `${String(properties['RouteKey'])} has an authorizer that the template does not define.`,
      );
    }
    services.routes.push({
      routeKey: String(properties['RouteKey']),
      target,
      ...(authorizer && { authorizer }),
    });
    return { ref: logicalId };
  },
};

/** Makes every resource of the template after those that it refers to. A type that is not supported is an error. */
export async function makeResources(
  template: Template,
  resolver: Resolver,
  services: Services,
): Promise<void> {
  const waiting = new Map(Object.entries(template.Resources));
  const visit = async (logicalId: string): Promise<void> => {
    const resource = waiting.get(logicalId);
    if (!resource) return;
    waiting.delete(logicalId);
    for (const other of referencesOf(resource.Properties)) await visit(other);
    if (resource.Condition && !resolver.condition(resource.Condition)) return;
    const make = makers[resource.Type];
    if (!make) {
      throw new Error(
        `The local cloud does not support ${resource.Type} (${logicalId}); add it in local/cloud/resources.ts.`,
      );
    }
    const properties = resolver.value(resource.Properties ?? {}) as Properties;
    resolver.record(logicalId, await make(properties, services, resolver, logicalId));
  };
  for (const logicalId of Object.keys(template.Resources)) await visit(logicalId);
}

/** The variables that the Lambda service sets, and the endpoints of the emulated services. */
function runtimeEnvironment(name: string, memoryMb: number, services: Services) {
  return {
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: services.tables.endpoint,
    AWS_ENDPOINT_URL_SQS: services.queues.endpoint,
    AWS_ENDPOINT_URL_S3: services.objects.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services.secrets.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: services.events.url,
    TZ: ':UTC',
  };
}

/** The folder of an asset in the assembly, by its S3 key in the template. */
function assetFolder(assemblyFolder: string, key: string): string {
  const hash = path.basename(key, '.zip');
  const folder = path.join(assemblyFolder, `asset.${hash}`);
  // A missing bundle fails here, with its name, not at the first event.
  readFileSync(path.join(folder, 'index.js'));
  return folder;
}
