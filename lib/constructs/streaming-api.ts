import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  EndpointType,
  GatewayResponse,
  IdentitySource,
  LambdaIntegration,
  type Method,
  RequestAuthorizer,
  type Resource,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { acceptedHeaders, exposedHeaders } from '../../lambdas/shared/http/cors.ts';
import { authorizerCacheSeconds } from '../../lambdas/tenancy/authorizer-context.ts';
import type { ApiRoute } from '../../lambdas/tenancy/route.ts';
import { restAccessLogOf } from './access-log.ts';
import { failedPercent } from './failure-rate.ts';
import type { PublicApiProps } from './public-api.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

/** The longest that API Gateway streams an answer. */
const longest = Duration.minutes(15);

/** A path of the API's URL, where no domain of the operator's leads to it. */
export const streamingStage = 'live';

/**
 * The REST API whose answers are sent as they are made, which no HTTP API does. It adds nothing to what a function
 * answers: `httpStream` says itself that web pages may read it. Whoever calls it is known by the same authorizer.
 */
export class StreamingApi extends Construct {
  /** Where callers reach it: the configured URL, else the API's own. */
  readonly streamingBaseUrl: string;
  readonly #api: RestApi;
  readonly #everything: Resource;
  readonly #authorizer: () => RequestAuthorizer;
  readonly #served = new Map<ApiRoute['method'], string>();

  constructor(scope: Construct, id: string, { deployment, authorizer }: PublicApiProps) {
    super(scope, id);
    this.#api = new RestApi(this, 'RestApi', {
      restApiName: deployment.nameOf('streaming-api'),
      endpointTypes: [EndpointType.REGIONAL],
      // AWS writes no log of a REST API before an account and region has such a role; it is every stack's.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      deployOptions: {
        stageName: streamingStage,
        throttlingRateLimit: deployment.stage.throttle.rateLimit,
        throttlingBurstLimit: deployment.stage.throttle.burstLimit,
        ...restAccessLogOf(this, deployment),
      },
    });
    this.#api.node.tryRemoveChild('Endpoint');
    // The CDK takes none that guards nothing yet.
    this.#authorizer = lazily(
      () =>
        new RequestAuthorizer(this, 'Authorizer', {
          authorizerName: deployment.nameOf('streaming-authorizer'),
          handler: authorizer,
          identitySources: [IdentitySource.header('Authorization')],
          resultsCacheTtl: Duration.seconds(authorizerCacheSeconds),
        }),
    );
    this.#everything = this.#api.root.addResource('{proxy+}');
    this.#openToPages();
    this.#acknowledgeRules();
    new RunbookAlarm(this, 'StreamingApiFails', {
      deployment,
      impact: 'Visitors of web pages get no answers as they are made, and wait for whole ones',
      runbook: 'Streaming API fails',
      metric: failedPercent(...this.#failedAndAll(), deployment.stage),
      from: deployment.stage.alarmsFrom.failedPercent,
      periods: 3,
      badPeriods: 2,
    });
    const configured = deployment.settings.passedOn['PUBLIC_STREAMING_BASE_URL'];
    this.streamingBaseUrl =
      configured?.replace(/\/+$/, '') ?? this.#api.urlForPath('/').replace(/\/$/, '');
  }

  /**
   * Serves these routes by one function: everything that is called by their methods, through one integration and one
   * permission. The function itself knows its paths, with `/api/2024-06` and without; another route is no further
   * resource. A second function would need paths of its own here, which a method that is served already does not have.
   */
  serve(handler: LambdaFunction, ...routes: ApiRoute[]): void {
    const integration = new LambdaIntegration(handler, {
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: longest,
      scopePermissionToMethod: false,
    });
    for (const { path, method, access } of routes) {
      if (access === 'open' || access === 'signed') {
        throw new Error(`${method} ${path} is ${access}: the streaming API serves known callers.`);
      }
      const by = this.#served.get(method);
      if (by === handler.node.path) continue;
      if (by) {
        throw new Error(
          `${method} ${path} is for ${handler.node.path}, but ${by} has every ${method} of the streaming API.`,
        );
      }
      this.#served.set(method, handler.node.path);
      const added = this.#everything.addMethod(method, integration, {
        authorizer: this.#authorizer(),
      });
      Validations.of(added).acknowledge({
        id: 'AwsSolutions-COG4',
        reason: 'The authorizer knows API keys, visitors and tokens of any identity provider.',
      });
    }
  }

  /** What a browser asks before it calls from a page, and what it needs to read of an error of the API itself. */
  #openToPages(): void {
    const preflight: Method = this.#everything.addCorsPreflight({
      allowOrigins: ['*'],
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: acceptedHeaders,
      maxAge: Duration.hours(1),
    });
    for (const id of ['AwsSolutions-APIG4', 'AwsSolutions-COG4']) {
      Validations.of(preflight).acknowledge({
        id,
        reason: 'A browser sends no credential before it knows whether it may call.',
      });
    }
    const responseHeaders = {
      'Access-Control-Allow-Origin': "'*'",
      'Access-Control-Expose-Headers': `'${exposedHeaders.join(',')}'`,
    };
    const restApi = this.#api;
    for (const type of [ResponseType.DEFAULT_4XX, ResponseType.DEFAULT_5XX]) {
      new GatewayResponse(this, type.responseType, { restApi, type, responseHeaders });
    }
    // By itself it would say 403 and "Missing Authentication Token".
    const type = ResponseType.MISSING_AUTHENTICATION_TOKEN;
    const templates = { 'application/json': '{"message":"Not Found"}' };
    new GatewayResponse(this, type.responseType, {
      restApi,
      type,
      statusCode: '404',
      responseHeaders,
      templates,
    });
  }

  #failedAndAll(): [Metric, Metric] {
    const every = { period: Duration.minutes(5) };
    return [this.#api.metricServerError(every), this.#api.metricCount(every)];
  }

  #acknowledgeRules(): void {
    const acknowledge = (construct: IConstruct, id: string, reason: string) =>
      Validations.of(construct).acknowledge({ id, reason });
    acknowledge(this.#api, 'AwsSolutions-APIG2', 'Routes parse their requests by own schemas.');
    acknowledge(
      this.#api.deploymentStage,
      'AwsSolutions-APIG3',
      'Who is not known is refused before any function; known callers are counted. A firewall is the operator’s choice.',
    );
    acknowledge(
      this.#api.deploymentStage,
      'AwsSolutions-APIG6',
      'An execution log names paths with ids; the access log has a line for each request.',
    );
    acknowledge(
      this.#api.node.findChild('CloudWatchRole'),
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'It is the policy that AWS asks for, of a role of the account.',
    );
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
