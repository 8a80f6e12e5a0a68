import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { allRoutes, openApiDocument } from '../../lambdas/administration/openapi.ts';
import { scopes } from '../../lambdas/tenancy/scopes.ts';

const document = openApiDocument({
  publicBaseUrl: 'https://api.example',
  streamingBaseUrl: 'https://streaming.example',
}) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
};

interface Operation {
  operationId: string;
  security: { bearer?: string[] }[];
  parameters?: { name: string; description?: string }[];
  requestBody?: {
    content: { 'application/json': { schema: { properties: Record<string, unknown> } } };
  };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

describe('the OpenAPI document', () => {
  it('is one of version 3.1, by the rules of the standard', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));

    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('tells every route, each by an id of its own', () => {
    const ids = operations.map(({ operationId }) => operationId);

    expect(ids.sort()).toEqual(allRoutes.map(({ operationId }) => operationId).sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names the scope that each route needs', () => {
    for (const { access, path, method } of allRoutes) {
      const operation = document.paths[path]?.[method.toLowerCase()];
      const needed = operation?.security.flatMap(({ bearer }) => bearer ?? []);

      expect(needed).toEqual(access === 'open' || access === 'signed' ? [] : [access]);
    }
  });

  it('has a route for every scope, and no scope that a route lacks', () => {
    const needed = new Set(
      operations.flatMap(({ security }) => security.flatMap(({ bearer }) => bearer ?? [])),
    );

    expect([...needed].sort()).toEqual([...scopes].sort());
  });

  it('tells what a caller may meet at authorization', () => {
    for (const { security, responses } of operations) {
      if (security.length > 0)
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '429']));
    }
  });

  it('tells what the HTTP API itself answers, beside the problems of the product', () => {
    const lead = document.paths['/leads']?.['post']?.responses ?? {};
    const typesOf = (status: string) => Object.keys(lead[status]?.content ?? {});

    for (const status of ['401', '413', '429', '503'])
      expect(typesOf(status)).toEqual(['application/problem+json', 'application/json']);
    expect(typesOf('500')).toEqual(['application/json']);
    expect(typesOf('403')).toEqual(['application/problem+json']);
  });

  it('tells that a lead which is known by its key is answered 200', () => {
    for (const path of ['/leads', '/leads/'])
      expect(Object.keys(document.paths[path]?.['post']?.responses ?? {})).toEqual(
        expect.arrayContaining(['200', '201', '409']),
      );
  });

  it('tells each answer of the configuration', () => {
    const answers = (method: string) =>
      Object.keys(
        document.paths['/tenant-configuration/{feature_name}']?.[method]?.responses ?? {},
      );

    expect(answers('post')).toEqual(expect.arrayContaining(['200', '201', '412', '422']));
    expect(answers('get')).toEqual(expect.arrayContaining(['200', '404', '422']));
    expect(answers('delete')).toEqual(expect.arrayContaining(['204', '404', '412', '422']));
  });

  it('tells that an update leaves a missing field as it is, and that null takes one away', () => {
    const { requestBody } = document.paths['/macros/{id}']?.['patch'] ?? {};
    const schema = requestBody?.content['application/json'].schema;

    expect(schema).toMatchObject({ additionalProperties: false });
    expect(schema).not.toHaveProperty('required');
    expect(schema?.properties['title']).toMatchObject({ type: 'string' });
    expect(schema?.properties['tags']).toMatchObject({
      anyOf: [{ type: 'array' }, { type: 'null' }],
    });
    expect(JSON.stringify(schema)).not.toContain('default');
  });

  it('tells how many items a page may have', () => {
    const { parameters = [] } = document.paths['/macros']?.['get'] ?? {};

    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      description: 'A number from 1 to 50.',
    });
  });

  it('has the schema of each feature that the product knows', () => {
    expect(document.components.schemas['feature.assistant']?.properties).toHaveProperty(
      'instructions',
    );
    expect(document.components.schemas['feature.message-retention']).toBeDefined();
  });
});
