import { describe, expect, it } from 'vitest';
import {
  functionsOf,
  type Resource,
  referredBy,
  resourcesOf,
  templateOf,
} from '../support/stack.ts';
import { consumes, permissions, tracing } from './permissions.ts';

const template = templateOf('dev');
const resources = template.toJSON()['Resources'] as Record<string, Resource>;

/** The name of the stack's own resource that a policy names; a policy may name no other. */
function nameOf(node: unknown): string {
  const [ofIndex, path] = joinedIn(node);
  if (path) return nameOf(ofIndex) + path;
  const { Type, Properties } = resources[String(referredBy(node))] ?? { Type: '', Properties: {} };
  // A bucket has no name before it is made: by its construct.
  if (Type === 'AWS::S3::Bucket') return String(referredBy(node)).replace(/[0-9A-F]{8}$/, '');
  const name =
    Properties.LogGroupName ?? Properties.QueueName ?? Properties.TableName ?? Properties.Name;
  if (typeof name === 'string') return name;
  throw new Error(`Expected a named resource of the stack, got ${JSON.stringify(node)}.`);
}

/** An ARN with something behind it, such as that of a table's index. */
function joinedIn(node: unknown): [unknown, string?] {
  const { 'Fn::Join': join } = node as { 'Fn::Join'?: [string, [unknown, string]] };
  return join?.[1] ?? [node];
}

function permissionsOf(roleId: unknown): Record<string, string[]> {
  const granted: Record<string, string[]> = {};
  for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Policy')) {
    if (!Properties.Roles.some((role: unknown) => referredBy(role) === roleId)) continue;
    for (const { Effect, Action, Resource: on } of Properties.PolicyDocument.Statement) {
      expect(Effect).toBe('Allow');
      if (on === '*') {
        expect(new Set(Action)).toEqual(tracing);
        continue;
      }
      for (const name of [on].flat().map(nameOf)) {
        const actions: string[] = [...(granted[name] ?? []), ...[Action].flat()];
        granted[name] = actions.sort();
      }
    }
  }
  return granted;
}

const functions = Object.values(functionsOf(template));

describe('a function that may put work into its own queue', () => {
  const working = (name: string) => {
    const granted = Object.values(permissions[name] ?? {});
    return granted.some(
      (actions) =>
        consumes.every((one) => actions.includes(one)) && actions.includes('sqs:SendMessage'),
    );
  };

  it('says so to Lambda, which would take that for a loop and drop its messages; no other does', () => {
    const allowed = functions.filter(({ RecursiveLoop: loop }) => loop === 'Allow');

    expect(new Set(allowed.map(({ FunctionName }) => FunctionName))).toEqual(
      new Set(Object.keys(permissions).filter(working)),
    );
    expect(allowed).toHaveLength(6);
  });
});

describe('the permissions of functions', () => {
  it('are what they need, on what they need, and nothing else', () => {
    const granted = functions.map(({ FunctionName, Role }) => [
      FunctionName,
      permissionsOf(referredBy(Role)),
    ]);

    expect(Object.fromEntries(granted)).toEqual(permissions);
  });

  it('are those of their policies alone', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role').filter(
      ([id]) => !id.includes('CloudWatchRole'),
    );
    for (const [, { Properties }] of roles) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
      expect(Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
        { Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    }
  });

  it('include nothing of the role by which a REST API writes its log', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) =>
      id.includes('CloudWatchRole'),
    );

    expect(
      roles.map(([, { Properties }]) => Properties.AssumeRolePolicyDocument.Statement),
    ).toEqual([[expect.objectContaining({ Principal: { Service: 'apigateway.amazonaws.com' } })]]);
  });

  it('are shared with no other', () => {
    const roles = functions.map(({ Role }) => referredBy(Role));

    expect(new Set(roles).size).toBe(roles.length);
  });
});
