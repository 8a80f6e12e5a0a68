import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { attribute, type Expression, expr, Wording } from './expression.ts';

/** Items of one partition in the order of their `sk`, by how it begins or from one to another, both included. */
export interface Range {
  pk: string;
  prefix?: string;
  between?: readonly [from: string, to: string];
  /** An index of this name, whose items have this value in the attribute of the same name. */
  index?: { name: string; value: string } | undefined;
}

export interface Reading {
  /** How many items a page looks at. */
  limit?: number;
  /** The cursor that a page gave as `next`: the `sk` behind which to begin, without the range's prefix. */
  after?: string | undefined;
  newestFirst?: boolean;
  /** Also what was written a moment ago, at twice the price. */
  consistent?: boolean;
  /** The attributes that are wanted; an item that comes without `expires_at` is not known to have expired. */
  only?: readonly string[];
  filter?: Expression;
}

/** The input of a query for a page of a range. */
export function queryOf(
  TableName: string,
  range: Range,
  { limit, after, newestFirst = false, consistent = false, only, filter }: Reading,
): QueryCommandInput {
  const { pk, prefix = '', index } = range;
  const wording = new Wording();
  return {
    TableName,
    IndexName: index?.name,
    KeyConditionExpression: wording.text(keyCondition(range)),
    FilterExpression: filter && wording.text(filter),
    ProjectionExpression: only?.map((name) => wording.name(name)).join(', '),
    ...wording.attributes,
    Limit: limit,
    ScanIndexForward: !newestFirst,
    ConsistentRead: consistent,
    ...(after !== undefined && {
      ExclusiveStartKey: { pk, sk: prefix + after, ...(index && { [index.name]: index.value }) },
    }),
  };
}

function keyCondition({ pk, prefix = '', between, index }: Range): Expression {
  const hash = attribute(index?.name ?? 'pk');
  const value = index?.value ?? pk;
  if (between) return expr`${hash} = ${value} AND sk BETWEEN ${between[0]} AND ${between[1]}`;
  if (prefix === '') return expr`${hash} = ${value}`;
  return expr`${hash} = ${value} AND begins_with(sk, ${prefix})`;
}
