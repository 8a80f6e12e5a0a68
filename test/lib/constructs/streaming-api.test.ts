import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { authorizerCacheSeconds } from '../../../lambdas/tenancy/authorizer-context.ts';
import type { ApiRoute } from '../../../lambdas/tenancy/route.ts';
import type { Tenancy } from '../../../lib/administration/tenancy.ts';
import type { StreamingApi } from '../../../lib/constructs/streaming-api.ts';
import type { StageName } from '../../../lib/stages.ts';
import { resourcesOf, withAppOf } from '../../support/stack.ts';

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

/** The template with these routes, beside those that are there. */
function served(
  routes: ApiRoute[],
  stage: StageName = 'prod',
  environment: Record<string, string> = {},
): Template {
  return withAppOf(stage, environment, ({ app, stack }) => {
    const api = stack.node.findChild('StreamingApi') as StreamingApi;
    const { authorizer } = stack.node.findChild('Tenancy') as Tenancy;
    api.serve(authorizer, ...routes);
    return Template.fromJSON(app.synth().getStackByName(stack.stackName).template);
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
  const stopping = aRoute({ method: 'POST', path: '/streaming/conversations/{id}/stop' });
  const template = served([aRoute(), stopping]);
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
    const more = [aRoute(), stopping, aRoute({ path: '/streaming/more/{id}' })];

    expect(Object.keys(served(more).toJSON()['Resources']).length).toBe(
      Object.keys(template.toJSON()['Resources']).length,
    );
  });

  it('is told to callers at the URL that the operator has before it', () => {
    const environment = { PUBLIC_STREAMING_BASE_URL: 'https://streams.acme.dev/' };

    expect(served([aRoute()], 'dev', environment).toJSON()['Outputs'].StreamingUrl.Value).toBe(
      'https://streams.acme.dev',
    );
  });

  it.each([
    ['open', /serves known callers/],
    ['signed', /serves known callers/],
  ] as const)('takes no route that is %s', (access, words) => {
    expect(() => served([aRoute({ access })])).toThrow(words);
  });

  it('takes no second function for a method that one has', () => {
    const serve = () =>
      withAppOf('dev', {}, ({ stack }) => {
        const api = stack.node.findChild('StreamingApi') as StreamingApi;
        const { authorizer } = stack.node.findChild('Tenancy') as Tenancy;
        const other = stack.node.findChild('Conversations').node.findChild('Api');
        api.serve(authorizer, aRoute());
        api.serve(other as typeof authorizer, aRoute());
      });

    expect(serve).toThrow(/has every GET of the streaming API/);
  });
});
