import { Duration, Validations } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { authorizerCacheSeconds } from '../../lambdas/tenancy/authorizer-context.ts';
import { type ApiRoute, platformPrefix } from '../../lambdas/tenancy/route.ts';
import type { Deployment } from '../deployment.ts';
import { accessLogOf } from './access-log.ts';
import { failedPercent } from './failure-rate.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface PublicApiProps {
  deployment: Deployment;
  /** Says who calls; asked before every route that does not say otherwise. */
  authorizer: LambdaFunction;
}

/** What the API counts and times. */
export interface ApiMetrics {
  requests: Metric;
  refused: Metric;
  failed: Metric;
  latencyP95: Metric;
}

/** Why a route is reached without the authorizer. */
const openReasons: Partial<Record<ApiRoute['access'], string>> = {
  open: 'It says whether the API answers, and nothing else.',
  signed: 'A vendor calls it, and its function checks the signature of each request.',
};

/** The HTTP API with all routes of the product, throttled; a route is closed unless its table says that it is open. */
export class PublicApi extends Construct {
  /** Where callers reach it: the configured public URL, else the API's own. */
  readonly publicBaseUrl: string;
  /** For the dashboard. */
  readonly metrics: ApiMetrics;
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, { deployment, authorizer }: PublicApiProps) {
    super(scope, id);
    this.#api = new HttpApi(this, 'HttpApi', {
      apiName: deployment.nameOf('api'),
      createDefaultStage: false,
      defaultAuthorizer: new HttpLambdaAuthorizer('Authorizer', authorizer, {
        authorizerName: deployment.nameOf('authorizer'),
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        identitySource: ['$request.header.Authorization'],
        resultsCacheTtl: Duration.seconds(authorizerCacheSeconds),
      }),
      // Web pages with a public client id call from anywhere; credentials are never cookies.
      corsPreflight: {
        allowOrigins: ['*'],
        allowMethods: [
          CorsHttpMethod.GET,
          CorsHttpMethod.POST,
          CorsHttpMethod.PUT,
          CorsHttpMethod.PATCH,
          CorsHttpMethod.DELETE,
        ],
        allowHeaders: [
          'authorization',
          'content-type',
          'idempotency-key',
          'if-match',
          'if-none-match',
        ],
        exposeHeaders: ['etag', 'location', 'retry-after'],
        maxAge: Duration.hours(1),
      },
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      throttle: deployment.stage.throttle,
      accessLogSettings: accessLogOf(this, deployment),
    });
    const every = { period: Duration.minutes(5) };
    this.metrics = {
      requests: this.#api.metricCount(every),
      refused: this.#api.metricClientError(every),
      failed: this.#api.metricServerError(every),
      latencyP95: this.#api.metricLatency({ ...every, statistic: 'p95' }),
    };
    new RunbookAlarm(this, 'ApiFails', {
      deployment,
      impact: 'Callers of the API and the webhooks of vendors get errors',
      runbook: 'API fails',
      metric: failedPercent(this.metrics.failed, this.metrics.requests, deployment.stage),
      from: deployment.stage.alarmsFrom.failedPercent,
      periods: 3,
      badPeriods: 2,
    });
    const configured = deployment.settings.passedOn['PUBLIC_BASE_URL'];
    this.publicBaseUrl = configured?.replace(/\/+$/, '') ?? this.#api.apiEndpoint;
  }

  /**
   * Serves these routes by one function, through one integration and one permission. Routes with parameters are one
   * greedy route for each method, by what stands before the first parameter: one more of them is no further resource.
   * Never `ANY`: it would ask the authorizer of a browser's preflight too, which has no credential.
   */
  serve(handler: LambdaFunction, ...routes: ApiRoute[]): void {
    const integration = new HttpLambdaIntegration(`${handler.node.id}Route`, handler, {
      scopePermissionToRoute: false,
    });
    const gatewayRoutes = new Map<string, { path: string; route: ApiRoute }>();
    for (const route of routes) {
      if (route.streams) throw new Error(`${route.path} streams, which no HTTP API does.`);
      for (const path of gatewayPaths(route)) {
        const key = `${route.method} ${path}`;
        const known = gatewayRoutes.get(key)?.route ?? route;
        if (openReasons[known.access] !== openReasons[route.access]) {
          throw new Error(
            `${route.path} and ${known.path} are one route of the HTTP API (${key}): either both need a scope, or neither.`,
          );
        }
        gatewayRoutes.set(key, { path, route });
      }
    }
    for (const { path, route } of gatewayRoutes.values()) {
      const openBecause = openReasons[route.access];
      const added = this.#api.addRoutes({
        path,
        methods: [HttpMethod[route.method]],
        integration,
        ...(openBecause && { authorizer: new HttpNoneAuthorizer() }),
      });
      if (!openBecause) continue;
      for (const one of added) {
        Validations.of(one).acknowledge({ id: 'AwsSolutions-APIG4', reason: openBecause });
      }
    }
  }
}

/**
 * Where the HTTP API takes a route: as it is, or, where its path has parameters, everything behind what stands before
 * them; one of the platform's under its prefix too. No route of an HTTP API may end in a slash; a greedy one matches it.
 */
function gatewayPaths({ path, envelope }: Pick<ApiRoute, 'path' | 'envelope'>): string[] {
  const taken = path.replace(/\/(\{.*)?$/, '/{rest+}');
  return envelope ? [taken, platformPrefix + taken] : [taken];
}
