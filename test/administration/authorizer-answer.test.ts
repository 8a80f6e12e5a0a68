import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { authorizerAnswer } from '../../lambdas/administration/authorizer-answer.ts';
import type { AuthorizerContext } from '../../lambdas/tenancy/authorizer-context.ts';

const known: AuthorizerContext = {
  outcome: 'known',
  tenant_id: 'acme',
  role: 'Participant',
  scopes: '',
  principal: 'visitor:p1',
  valid_until: '0',
  requests_per_second: '50',
  burst: '500',
};
const methodArn = 'arn:aws:execute-api:eu-west-1:111122223333:abc/live/POST/streaming/actions';
const ofRest = { type: 'REQUEST', methodArn } as APIGatewayRequestAuthorizerEvent;

describe("the authorizer's answer", () => {
  it('lets the HTTP API pass on what is known of a caller', () => {
    expect(authorizerAnswer(known, { version: '2.0', routeArn: 'arn' } as never)).toEqual({
      isAuthorized: true,
      context: known,
    });
  });

  it('is for every route of the REST API: it is kept for a caller, whatever is called first', () => {
    const answer = authorizerAnswer(known, ofRest);

    expect(answer).toMatchObject({
      principalId: 'visitor:p1',
      policyDocument: {
        Statement: [
          { Effect: 'Allow', Resource: 'arn:aws:execute-api:eu-west-1:111122223333:abc/live/*' },
        ],
      },
    });
  });

  it('holds for the REST API nothing but texts, which is all that it takes', () => {
    const { context } = authorizerAnswer(known, ofRest);

    expect(Object.values(context).map((value) => typeof value)).toEqual(
      Object.keys(known).map(() => 'string'),
    );
  });

  it('lets nobody through as nobody, whom the route refuses', () => {
    expect(authorizerAnswer({ outcome: 'unauthenticated' }, ofRest)).toMatchObject({
      principalId: 'nobody',
      context: { outcome: 'unauthenticated' },
    });
  });
});
