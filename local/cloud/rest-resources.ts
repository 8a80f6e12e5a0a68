import { requestLogOf } from './request-log.ts';
import { functionOf, type Make, type Services } from './resource-maker.ts';
import type { MadeRestApi, RestIntegration } from './rest-api.ts';
import { RestAuthorizer } from './rest-authorizer.ts';
import { localRegion, type Properties } from './template.ts';

/** As many clients as may be served at a time by a function that streams. */
const streams = 32;

const apiOf = (properties: Properties, services: Services): MadeRestApi => {
  const api = services.restApis.get(String(properties['RestApiId']));
  if (!api) throw new Error('The template has a part of a REST API that it does not define.');
  return api;
};

/** The text of a header that the API sets itself: the template quotes it. */
const headersOf = (parameters: unknown, prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries((parameters ?? {}) as Record<string, string>).map(([name, value]) => [
      name.replace(prefix, '').toLowerCase(),
      value.replace(/^'|'$/g, ''),
    ]),
  );

/** The resource types of a REST API. */
export const restMakers: Record<string, Make> = {
  'AWS::ApiGateway::RestApi': (_properties, services, _resolver, logicalId) => {
    const root = `${logicalId}-root`;
    services.restApis.set(logicalId, {
      paths: new Map([[root, '']]),
      methods: new Map(),
      gatewayAnswers: new Map(),
    });
    return { ref: logicalId, attributes: { RestApiId: logicalId, RootResourceId: root } };
  },
  'AWS::ApiGateway::Resource': (properties, services, _resolver, logicalId) => {
    const { paths } = apiOf(properties, services);
    const parent = paths.get(String(properties['ParentId'])) ?? '';
    paths.set(logicalId, `${parent}/${String(properties['PathPart'])}`);
    return { ref: logicalId, attributes: { ResourceId: logicalId } };
  },
  'AWS::ApiGateway::Authorizer': (properties, services, _resolver, logicalId) => {
    if (properties['Type'] !== 'REQUEST') {
      throw new Error('The local cloud supports only REQUEST authorizers of a REST API.');
    }
    const authorizer = new RestAuthorizer({
      identitySources: String(properties['IdentitySource']).split(','),
      cacheSeconds: Number(properties['AuthorizerResultTtlInSeconds'] ?? 300),
      target: functionOf(String(properties['AuthorizerUri']), services),
    });
    services.restAuthorizers.set(logicalId, authorizer);
    return { ref: logicalId, attributes: { AuthorizerId: logicalId } };
  },
  'AWS::ApiGateway::Method': (properties, services, _resolver, logicalId) => {
    const { paths, methods } = apiOf(properties, services);
    const path = paths.get(String(properties['ResourceId'])) || '/';
    const byMethod = methods.get(path) ?? new Map<string, RestIntegration>();
    byMethod.set(String(properties['HttpMethod']), integrationOf(properties, services, logicalId));
    methods.set(path, byMethod);
    return { ref: logicalId };
  },
  'AWS::ApiGateway::GatewayResponse': (properties, services, _resolver, logicalId) => {
    const { StatusCode: status, ResponseTemplates: templates } = properties;
    const body = (templates as Record<string, string> | undefined)?.['application/json'];
    apiOf(properties, services).gatewayAnswers.set(String(properties['ResponseType']), {
      ...(status !== undefined && { status: Number(status) }),
      ...(body !== undefined && { body }),
      headers: headersOf(properties['ResponseParameters'], 'gatewayresponse.header.'),
    });
    return { ref: logicalId };
  },
  'AWS::ApiGateway::Deployment': (_properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
    attributes: { DeploymentId: logicalId },
  }),
  'AWS::ApiGateway::Stage': (properties, services, resolver) => {
    const api = apiOf(properties, services);
    const stage = String(properties['StageName']);
    api.stage = stage;
    const log = requestLogOf(properties);
    if (log) api.log = log;
    const host = `${String(properties['RestApiId'])}.execute-api.${localRegion}.amazonaws.com`;
    resolver.serve(`https://${host}/${stage}`, `${services.publicUrl}/${stage}`);
    return { ref: stage };
  },
  'AWS::ApiGateway::Account': (_properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
  }),
};

function integrationOf(
  properties: Properties,
  services: Services,
  logicalId: string,
): RestIntegration {
  const integration = properties['Integration'] as Properties;
  if (integration['Type'] === 'MOCK') {
    const [response] = integration['IntegrationResponses'] as [Properties];
    return {
      kind: 'mock',
      status: Number(response['StatusCode']),
      headers: headersOf(response['ResponseParameters'], 'method.response.header.'),
    };
  }
  if (integration['Type'] !== 'AWS_PROXY' || integration['ResponseTransferMode'] !== 'STREAM') {
    throw new Error(`The local cloud supports only methods that stream, unlike ${logicalId}.`);
  }
  const target = functionOf(String(integration['Uri']), services);
  target.allowEnvironments(streams);
  const authorizer = services.restAuthorizers.get(String(properties['AuthorizerId']));
  if (!authorizer && properties['AuthorizationType'] !== 'NONE') {
    throw new Error(`${logicalId} has an authorizer that the template does not define.`);
  }
  return {
    kind: 'stream',
    target,
    timeoutMs: Number(integration['TimeoutInMillis']),
    ...(authorizer && { authorizer }),
  };
}
