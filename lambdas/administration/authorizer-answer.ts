import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
} from 'aws-lambda';
import type { AuthorizerContext } from '../tenancy/authorizer-context.ts';

/** The REST API's event, or the HTTP API's. */
export type AuthorizerEvent = APIGatewayRequestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2;

export type AuthorizerAnswer =
  | (APIGatewayAuthorizerResult & { context: AuthorizerContext })
  | { isAuthorized: boolean; context: AuthorizerContext };

/**
 * Lets a request through with what is known of its caller, in the form that its API takes. The REST API keeps the
 * answer for a caller, not for a route: so its policy is for every route of the stage.
 */
export function authorizerAnswer(
  said: AuthorizerContext,
  event: AuthorizerEvent,
): AuthorizerAnswer {
  if (!('methodArn' in event)) return { isAuthorized: true, context: said };
  const [apiArn, stage] = event.methodArn.split('/');
  return {
    principalId: said.outcome === 'known' ? said.principal : 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${apiArn}/${stage}/*` },
      ],
    },
    context: said,
  };
}
