import { describe, expect, it } from 'vitest';
import { Resolver, type Template } from '../../../local/cloud/template.ts';

function aResolver(template: Partial<Template> = {}): Resolver {
  const resolver = new Resolver({ Resources: {}, ...template });
  resolver.record('Inbox', { ref: 'http://queue/inbox', attributes: { Arn: 'arn:aws:sqs:inbox' } });
  return resolver;
}

describe('an intrinsic function', () => {
  it.each([
    ['a reference', { Ref: 'Inbox' }, 'http://queue/inbox'],
    ['the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['a parameter', { Ref: 'Greeting' }, 'hello'],
    ['an attribute', { 'Fn::GetAtt': ['Inbox', 'Arn'] }, 'arn:aws:sqs:inbox'],
    ['an attribute, written with a dot', { 'Fn::GetAtt': 'Inbox.Arn' }, 'arn:aws:sqs:inbox'],
    ['a text that only looks like a substitution', { 'Fn::Sub': `a \${!b}` }, `a \${b}`],
    ['a join', { 'Fn::Join': ['/', ['a', { Ref: 'AWS::Partition' }, 'c']] }, 'a/aws/c'],
    ['a selection', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [
      'a split',
      { 'Fn::Split': [':', { 'Fn::GetAtt': ['Inbox', 'Arn'] }] },
      ['arn', 'aws', 'sqs', 'inbox'],
    ],
    [
      'a selection of a split',
      { 'Fn::Select': [3, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Inbox', 'Arn'] }] }] },
      'inbox',
    ],
    [
      'a substitution',
      { 'Fn::Sub': `\${AWS::Region}: \${Inbox}, \${Inbox.Arn}` },
      'us-east-1: http://queue/inbox, arn:aws:sqs:inbox',
    ],
    [
      'a substitution with names of its own',
      { 'Fn::Sub': [`\${Who}!`, { Who: { Ref: 'Greeting' } }] },
      'hello!',
    ],
    ['a choice', { 'Fn::If': ['Yes', 'this', 'that'] }, 'this'],
    ['the other choice', { 'Fn::If': ['No', 'this', { Ref: 'Inbox' }] }, 'http://queue/inbox'],
  ])('is replaced by its value: %s', (_what, node, value) => {
    const resolver = aResolver({
      Parameters: { Greeting: { Default: 'hello' } },
      Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Equals': ['a', 'b'] } },
    });

    expect(resolver.value({ deep: [{ node }] })).toEqual({ deep: [{ node: value }] });
  });

  it('takes away what has no value, in objects and in lists', () => {
    const none = { Ref: 'AWS::NoValue' };

    const value = aResolver().value({ kept: 1, gone: none, list: ['a', none, 'b'] });

    expect(value).toEqual({ kept: 1, list: ['a', 'b'] });
  });

  it.each([1, true, null, 'text', []])('leaves %j as it is', (value) => {
    expect(aResolver().value({ value })).toEqual({ value });
  });

  it('is told from an object that only looks like one', () => {
    const node = { Ref: 'Inbox', Other: 1 };

    expect(aResolver().value(node)).toEqual(node);
  });

  it('is an error that names it where it is not known', () => {
    expect(() => aResolver().value({ 'Fn::ImportValue': 'x' })).toThrow(
      'The local cloud does not support the function Fn::ImportValue; add it in local/cloud/template.ts.',
    );
  });

  it('is an error that names what it refers to where that was not made', () => {
    const resolver = aResolver();

    expect(() => resolver.value({ Ref: 'Outbox' })).toThrow('refers to Outbox');
    expect(() => resolver.value({ 'Fn::GetAtt': ['Inbox', 'Size'] })).toThrow('reads Inbox.Size');
    expect(() => resolver.value({ 'Fn::Sub': `x \${Outbox.Arn}` })).toThrow('reads Outbox.Arn');
  });
});

describe('a condition', () => {
  const equal = { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] };
  const unequal = { 'Fn::Equals': ['a', 'b'] };

  it.each([
    ['equals', equal, true],
    ['equals not', unequal, false],
    ['not', { 'Fn::Not': [unequal] }, true],
    ['and', { 'Fn::And': [equal, unequal] }, false],
    ['or', { 'Fn::Or': [unequal, equal] }, true],
    ['another condition', { Condition: 'Other' }, true],
  ])('is tested: %s', (_what, condition, holds) => {
    const resolver = aResolver({ Conditions: { Asked: condition, Other: equal } });

    expect(resolver.condition('Asked')).toBe(holds);
  });

  it('is an error that shows it where it is not known', () => {
    const resolver = aResolver({ Conditions: { Asked: { 'Fn::Contains': [['a'], 'a'] } } });

    expect(() => resolver.condition('Asked')).toThrow(
      'does not support the condition {"Fn::Contains":[["a"],"a"]}',
    );
  });
});
