import { HttpApi, type HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { House } from '../house.ts';

/** The HTTP API with all routes of the product, throttled. */
export class PublicApi extends Construct {
  /** Where callers reach it: the configured public URL, else the API's own. */
  readonly publicBaseUrl: string;
  readonly #api: HttpApi;
  readonly #integrations = new Map<LambdaFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, { house }: { house: House }) {
    super(scope, id);
    this.#api = new HttpApi(this, 'HttpApi', {
      apiName: house.nameOf('api'),
      createDefaultStage: false,
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

  /** All routes of a function share one integration. */
  route(method: HttpMethod, path: string, handler: LambdaFunction): void {
    const known = this.#integrations.get(handler);
    const integration = known ?? new HttpLambdaIntegration(`${handler.node.id}Route`, handler);
    this.#integrations.set(handler, integration);
    this.#api.addRoutes({ path, methods: [method], integration });
  }
}
