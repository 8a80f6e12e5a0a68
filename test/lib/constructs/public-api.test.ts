import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { allRoutes } from '../../../lambdas/administration/openapi.ts';
import { authorizerCacheSeconds } from '../../../lambdas/tenancy/authorizer-context.ts';
import { type ApiRoute, platformPrefix } from '../../../lambdas/tenancy/route.ts';
import type { Tenancy } from '../../../lib/administration/tenancy.ts';
import type { PublicApi } from '../../../lib/constructs/public-api.ts';
import { referredBy, resourcesOf, templateOf, withAppOf } from '../../support/stack.ts';

const template = templateOf('dev');

/** The routes of the HTTP API that lead to a route of ours: with parameters, all behind what stands before them. */
function routedAs({ method, path, envelope }: ApiRoute): string[] {
  const taken = path.split('{')[0]?.replace(/\/$/, '/{rest+}');
  return ['', ...(envelope ? [platformPrefix] : [])].map((prefix) => `${method} ${prefix}${taken}`);
}

describe('the public API', () => {
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
    key: Properties.RouteKey as string,
    type: Properties.AuthorizationType as string | undefined,
    integration: template.findResources('AWS::ApiGatewayV2::Integration')[
      String(referredBy(Properties.Target['Fn::Join'][1][1]))
    ]?.['Properties'],
  }));

  it('has the routes of the contracts, and no other', () => {
    const told = new Set(allRoutes.filter(({ streams }) => !streams).flatMap(routedAs));

    expect(routes.map(({ key }) => key).sort()).toEqual([...told].sort());
  });

  it('asks the authorizer before every route but those that are open or signed', () => {
    const free = allRoutes
      .filter(({ access }) => access === 'open' || access === 'signed')
      .map(({ method, path }) => `${method} ${path}`);
    const unguarded = routes.filter(({ type }) => type !== 'CUSTOM').map(({ key }) => key);

    expect(unguarded.sort()).toEqual(free.sort());
    expect(free.sort()).toEqual([
      'GET /health',
      'POST /webhooks/twilio/status',
      'POST /webhooks/twilio/whatsapp',
    ]);
  });

  it('takes no open route and one with a scope for the same', () => {
    const route = { operationId: 'a', method: 'GET', tag: 'A', summary: 'A' } as const;
    const success = { status: 200, what: 'A' } as const;
    const both: ApiRoute[] = [
      { ...route, path: '/a/{id}', access: 'leads:read', success },
      { ...route, path: '/a/{id}/public', access: 'open', success },
    ];

    const serve = () =>
      withAppOf('dev', {}, ({ stack }) => {
        const api = stack.node.findChild('Api') as PublicApi;
        const { authorizer } = stack.node.findChild('Tenancy') as Tenancy;
        api.serve(authorizer, ...both);
      });

    expect(serve).toThrow(
      '/a/{id}/public and /a/{id} are one route of the HTTP API (GET /a/{rest+})',
    );
  });

  it('leaves the preflights of web pages to the HTTP API: no route has them, which would ask the authorizer', () => {
    const taking = routes.filter(({ key }) => /^(ANY|OPTIONS|\$default)/.test(key));

    expect(taking).toEqual([]);
  });

  it('is under the resources that a stack may have, however many routes there are', () => {
    const all = Object.keys(templateOf('prod').toJSON()['Resources']);

    // CloudFormation ends at 500.
    expect(all.length).toBeLessThanOrEqual(300);
  });

  it('keeps what the authorizer said by the credential, for as long as the documents say', () => {
    const [[, authorizer] = []] = resourcesOf(template, 'AWS::ApiGatewayV2::Authorizer');

    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: authorizerCacheSeconds,
    });
  });

  it('hands requests over in the payload that the functions read', () => {
    for (const { integration } of routes) {
      expect(integration).toMatchObject({
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
      });
    }
  });

  it('may call the function of each of its routes', () => {
    for (const { key, integration } of routes) {
      const [, path] = key.split(' ');
      template.hasResourceProperties('AWS::Lambda::Permission', {
        Principal: 'apigateway.amazonaws.com',
        FunctionName: integration.IntegrationUri,
        SourceArn: {
          'Fn::Join': [
            '',
            Match.arrayWith([
              Match.stringLikeRegexp(`/\\*/\\*(${RegExp.escape(path ?? '')}|/\\*)$`),
            ]),
          ],
        },
      });
    }
  });

  it('is throttled', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: {
        ThrottlingRateLimit: Match.anyValue(),
        ThrottlingBurstLimit: Match.anyValue(),
      },
    });
  });
});
