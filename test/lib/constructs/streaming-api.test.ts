import type { Template } from 'aws-cdk-lib/assertions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { authorizerCacheSeconds } from '../../../lambdas/tenancy/authorizer-context.ts';
import type { ApiRoute } from '../../../lambdas/tenancy/route.ts';
import type { Tenancy } from '../../../lib/administration/tenancy.ts';
import { StreamingApi } from '../../../lib/constructs/streaming-api.ts';
import { createDeployment } from '../../../lib/create-deployment.ts';
import { readSettings } from '../../../lib/settings.ts';
import { resourcesOf, templateOf, withAppOf } from '../../support/stack.ts';

const aRoute = (parts: Partial<ApiRoute> = {}): ApiRoute => ({
  operationId: 'stream',
  method: 'GET',
  path: '/streaming/conversations/{conversation_id}/stream',
  access: 'conversations:visit',
  tag: 'Web chat',
  summary: 'Reads an answer as it is made',
  streams: true,
  success: { status: 200, what: 'Events' },
  ...parts,
});

/** A streaming API beside the stack's own, with these routes and their functions; gives its URL and its resources. */
function trial(
  serve: (api: StreamingApi, functions: LambdaFunction[]) => void,
  environment: Record<string, string> = {},
) {
  return withAppOf('dev', environment, ({ app, stack }) => {
    const scope = new Construct(stack, 'Trial');
    const naming = { ProjectPrefix: 'acme', EnvironmentName: 'dev' };
    const deployment = createDeployment(scope, readSettings(naming, environment));
    const { authorizer } = stack.node.findChild('Tenancy') as Tenancy;
    const other = stack.node.findChild('Conversations').node.findChild('Api') as LambdaFunction;
    const api = new StreamingApi(scope, 'Api', { deployment, authorizer });
    serve(api, [authorizer, other]);
    const all = app.synth().getStackByName(stack.stackName).template.Resources;
    const ids = Object.keys(all).filter((id) => id.startsWith('Trial'));
    return { url: api.streamingBaseUrl, resources: ids.length };
  });
}

const methodsOf = (template: Template) =>
  Object.fromEntries(
    resourcesOf(template, 'AWS::ApiGateway::Method').map(([, { Properties }]) => [
      Properties.HttpMethod,
      Properties,
    ]),
  );

describe('the streaming API', () => {
  const template = templateOf('prod');
  const methods = methodsOf(template);

  it('sends what its function answers as it is made, for a quarter of an hour', () => {
    for (const method of ['GET', 'POST']) {
      const { Type, ResponseTransferMode, TimeoutInMillis, Uri } = methods[method].Integration;

      expect({ Type, ResponseTransferMode, TimeoutInMillis }).toEqual({
        Type: 'AWS_PROXY',
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
      });
      expect(JSON.stringify(Uri)).toContain('/response-streaming-invocations');
    }
  });

  it('asks the authorizer before every method but the preflight, and keeps what it says', () => {
    const unguarded = Object.keys(methods).filter(
      (method) => methods[method].AuthorizationType !== 'CUSTOM',
    );

    expect(unguarded).toEqual(['OPTIONS']);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: authorizerCacheSeconds,
    });
  });

  it('lets pages of every origin send what a stream needs', () => {
    const [response] = methods['OPTIONS'].Integration.IntegrationResponses;
    const header = (name: string) =>
      response.ResponseParameters[`method.response.header.Access-Control-Allow-${name}`];

    expect(header('Origin')).toBe("'*'");
    for (const name of ['authorization', 'last-event-id', 'x-vercel-ai-ui-message-stream']) {
      expect(header('Headers')).toContain(name);
    }
  });

  it('lets pages read its own errors too', () => {
    const answers = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse');

    expect(new Set(answers.map(([, { Properties }]) => Properties.ResponseType))).toEqual(
      new Set(['DEFAULT_4XX', 'DEFAULT_5XX', 'MISSING_AUTHENTICATION_TOKEN']),
    );
    for (const [, { Properties }] of answers) {
      expect(Properties.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        'gatewayresponse.header.Access-Control-Expose-Headers':
          expect.stringContaining('x-turn-id'),
      });
    }
  });

  it('is reached from the region itself, whose connections may be silent for longest', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
  });

  it('is throttled, and notes each request by its resource, never by its path', () => {
    const [[, stage] = []] = resourcesOf(template, 'AWS::ApiGateway::Stage');
    const line = stage?.Properties.AccessLogSetting.Format;

    expect(stage?.Properties.MethodSettings).toMatchObject([
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    ]);
    expect(line).toContain('$context.resourcePath');
    expect(line).not.toMatch(/\$context\.(path|identity|authorizer)/);
  });

  it('takes more routes without more resources', () => {
    const more = aRoute({ path: '/streaming/more/{id}' });
    const one = trial((api, [handler]) => handler && api.serve(handler, aRoute()));
    const two = trial((api, [handler]) => handler && api.serve(handler, aRoute(), more));

    expect(two.resources).toBe(one.resources);
  });

  it('is told to callers at the URL that the operator has before it', () => {
    const environment = { PUBLIC_STREAMING_BASE_URL: 'https://streams.acme.dev/' };

    expect(trial(() => undefined, environment).url).toBe('https://streams.acme.dev');
  });

  it.each([
    ['open', /serves known callers/],
    ['signed', /serves known callers/],
  ] as const)('takes no route that is %s', (access, words) => {
    const serve = () =>
      trial((api, [handler]) => handler && api.serve(handler, aRoute({ access })));

    expect(serve).toThrow(words);
  });

  it('takes no second function for a method that one has', () => {
    const serve = () =>
      trial((api, functions) => {
        for (const one of functions) api.serve(one, aRoute());
      });

    expect(serve).toThrow(/has every GET of the streaming API/);
  });
});
