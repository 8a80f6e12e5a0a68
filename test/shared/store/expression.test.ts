import { describe, expect, it } from 'vitest';
import {
  attribute,
  type Change,
  type Expression,
  expr,
  joined,
  updateText,
  Wording,
} from '../../../lambdas/shared/store/expression.ts';

function worded(expression: Expression) {
  const wording = new Wording();
  return { text: wording.text(expression), ...wording.attributes };
}

function wordedUpdate(change: Change) {
  const wording = new Wording();
  return { text: updateText(change, wording), ...wording.attributes };
}

describe('an expression', () => {
  it('has its names and values apart, each name once', () => {
    expect(worded(expr`state = ${'open'} OR (state = ${'held'} AND until <= ${7})`)).toEqual({
      text: '#n0 = :v0 OR (#n0 = :v1 AND #n1 <= :v2)',
      ExpressionAttributeNames: { '#n0': 'state', '#n1': 'until' },
      ExpressionAttributeValues: { ':v0': 'open', ':v1': 'held', ':v2': 7 },
    });
  });

  it('leaves operators and functions as they are', () => {
    const text = 'NOT attribute_exists(#n0) AND #n1 BETWEEN :v0 AND :v1 OR #n2 IN (:v2)';

    expect(
      worded(expr`NOT attribute_exists(pk) AND at BETWEEN ${1} AND ${2} OR kind IN (${'a'})`).text,
    ).toBe(text);
  });

  it('takes an attribute that is called as a function, or begins as an operator', () => {
    expect(worded(expr`size(size) > ${1} AND order < ${2}`)).toMatchObject({
      text: 'size(#n0) > :v0 AND #n1 < :v1',
      ExpressionAttributeNames: { '#n0': 'size', '#n1': 'order' },
    });
  });

  it('takes the parts of a path for names of their own', () => {
    expect(worded(expr`insight.version = ${3}`)).toMatchObject({
      text: '#n0.#n1 = :v0',
      ExpressionAttributeNames: { '#n0': 'insight', '#n1': 'version' },
    });
  });

  it('takes no text of a value or a name for an expression', () => {
    const name = 'a = b) OR (x';

    expect(worded(expr`${attribute(name)} = ${'c OR d'}`)).toEqual({
      text: '#n0 = :v0',
      ExpressionAttributeNames: { '#n0': name },
      ExpressionAttributeValues: { ':v0': 'c OR d' },
    });
  });

  it('keeps another one in it together', () => {
    const isOpen = expr`state = ${'a'} OR state = ${'b'}`;

    expect(worded(expr`owner = ${'me'} AND ${isOpen}`).text).toBe(
      '#n0 = :v0 AND (#n1 = :v1 OR #n1 = :v2)',
    );
  });

  it('is made of several, without needless parentheses around the only one', () => {
    const [one, two] = [expr`a = ${1}`, expr`b = ${2}`];

    expect(worded(joined('AND', [one, two])).text).toBe('(#n0 = :v0) AND (#n1 = :v1)');
    expect(worded(expr`c = ${3} OR ${joined('OR', [one])}`).text).toBe('#n0 = :v0 OR (#n1 = :v1)');
  });
});

describe('an update', () => {
  it('has a clause for each kind of change that there is', () => {
    expect(
      wordedUpdate({
        set: { state: 'open', begun_at: expr`if_not_exists(begun_at, ${5})` },
        add: { attempts: 1 },
        remove: ['reason'],
        without: { waiting_for: new Set(['e1']) },
      }).text,
    ).toBe('SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1) ADD #n2 :v2 REMOVE #n3 DELETE #n4 :v3');
  });

  it('leaves out what has no value', () => {
    expect(
      wordedUpdate({ set: { sid: undefined, state: null }, add: { count: undefined } }),
    ).toEqual({
      text: 'SET #n0 = :v0',
      ExpressionAttributeNames: { '#n0': 'state' },
      ExpressionAttributeValues: { ':v0': null },
    });
  });
});
