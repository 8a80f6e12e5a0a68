import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/cloud/template.ts';
import { make } from './made-resources.ts';

const target: Resource = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'stream',
    Handler: 'index.handler',
    Code: { S3Key: 'abc.zip' },
  },
};
const uri = {
  'Fn::Join': [
    '',
    [
      'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/',
      { 'Fn::GetAtt': ['Stream', 'Arn'] },
      '/response-streaming-invocations',
    ],
  ],
};
const method = (properties: object): Resource => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: { Ref: 'Api' },
    ResourceId: { Ref: 'Everything' },
    HttpMethod: 'GET',
    AuthorizationType: 'NONE',
    Integration: {
      Type: 'AWS_PROXY',
      ResponseTransferMode: 'STREAM',
      TimeoutInMillis: 900_000,
      Uri: uri,
    },
    ...properties,
  },
});
const url = {
  'Fn::Join': [
    '',
    [
      'https://',
      { Ref: 'Api' },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/',
      { Ref: 'Stage' },
      '/streaming',
    ],
  ],
};
const api: Record<string, Resource> = {
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'streaming' } },
  Stream: target,
  Below: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      PathPart: 'below',
    },
  },
  Everything: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: { Ref: 'Api' }, ParentId: { Ref: 'Below' }, PathPart: '{proxy+}' },
  },
  Get: method({}),
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: { Ref: 'Api' }, StageName: 'live' },
  },
};

describe('the REST API of a template', () => {
  it('has its methods below the paths of its resources', async () => {
    const { services } = await make(api);
    const made = services.restApis.get('Api');

    expect(made?.stage).toBe('live');
    expect([...(made?.methods.keys() ?? [])]).toEqual(['/below/{proxy+}']);
    expect(made?.methods.get('/below/{proxy+}')?.get('GET')).toMatchObject({
      kind: 'stream',
      timeoutMs: 900_000,
      target: services.functions.get('stream'),
    });
  });

  it('is on this machine wherever the template says its URL', async () => {
    const { resolver } = await make(api);

    expect(resolver.text(url)).toBe('http://localhost:3000/live/streaming');
    expect(resolver.text({ 'Fn::Join': ['', ['https://elsewhere.example', '/live']] })).toBe(
      'https://elsewhere.example/live',
    );
  });

  it('answers as the template says where it refuses', async () => {
    const { services } = await make({
      ...api,
      Refusal: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResponseType: 'DEFAULT_4XX',
          StatusCode: '404',
          ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
        },
      },
    });

    expect(services.restApis.get('Api')?.gatewayAnswers.get('DEFAULT_4XX')).toEqual({
      status: 404,
      headers: { 'access-control-allow-origin': '*' },
    });
  });

  it.each([
    [
      'does not stream',
      { Integration: { Type: 'AWS_PROXY', Uri: uri } },
      /only methods that stream/,
    ],
    [
      'has an authorizer that is not there',
      { AuthorizationType: 'CUSTOM', AuthorizerId: 'gone' },
      /an authorizer that the template does not define/,
    ],
  ])('is refused with a method that %s', async (_, properties, words) => {
    await expect(make({ ...api, Get: method(properties) })).rejects.toThrow(words);
  });
});
