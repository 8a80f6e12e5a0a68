import { Duration } from 'aws-cdk-lib';
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
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type ApiRoute, authorizerCacheSeconds } from '../../lambdas/tenancy/contract.ts';
import type { House } from '../house.ts';

export interface PublicApiProps {
  house: House;
  /** Says who calls; asked before every route that does not say otherwise. */
  authorizer: LambdaFunction;
}

/** The HTTP API with all routes of the product, throttled; a route is closed unless its table says that it is open. */
export class PublicApi extends Construct {
  /** Where callers reach it: the configured public URL, else the API's own. */
  readonly publicBaseUrl: string;
  readonly #api: HttpApi;
  readonly #integrations = new Map<LambdaFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, { house, authorizer }: PublicApiProps) {
    super(scope, id);
    this.#api = new HttpApi(this, 'HttpApi', {
      apiName: house.nameOf('api'),
      createDefaultStage: false,
      defaultAuthorizer: new HttpLambdaAuthorizer('Authorizer', authorizer, {
        authorizerName: house.nameOf('authorizer'),
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
      throttle: house.stage.throttle,
    });
    const configured = house.settings.passedOn['PUBLIC_BASE_URL'];
    this.publicBaseUrl = configured?.replace(/\/+$/, '') ?? this.#api.apiEndpoint;
  }

  /** Serves these routes by one function, through one integration. */
  serve(handler: LambdaFunction, ...routes: ApiRoute[]): void {
    const known = this.#integrations.get(handler);
    const integration = known ?? new HttpLambdaIntegration(`${handler.node.id}Route`, handler);
    this.#integrations.set(handler, integration);
    for (const { path, method, access } of routes) {
      const isOurs = access === 'open' || access === 'signed';
      this.#api.addRoutes({
        // No route of an HTTP API may end in a slash; a greedy one matches it.
        path: path.endsWith('/') ? `${path}{rest+}` : path,
        methods: [HttpMethod[method]],
        integration,
        ...(isOurs && { authorizer: new HttpNoneAuthorizer() }),
      });
    }
  }
}
