import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';

type Part = readonly string[];

/** A piece of DynamoDB's expression language, as `expr` makes it. */
export class Expression {
  readonly texts: Part;
  readonly params: readonly unknown[];

  constructor(texts: Part, params: readonly unknown[]) {
    this.texts = texts;
    this.params = params;
  }
}

/** The name of an attribute that is known only when the code runs. */
export class AttributeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * DynamoDB's expression language: words are names of attributes, which may be reserved words; `${…}` is a value, an
 * `attribute(name)`, or another expression, which is put in parentheses.
 *
 *     expr`state = ${'pending'} AND (attribute_not_exists(until) OR until <= ${now})`
 */
export const expr = (texts: TemplateStringsArray, ...params: unknown[]): Expression =>
  new Expression(texts, params);

export const attribute = (name: string): AttributeName => new AttributeName(name);

/** One condition of several, of one at least; each is put in parentheses. */
export function joined(operator: 'AND' | 'OR', conditions: readonly Expression[]): Expression {
  const [first, ...others] = conditions;
  if (first && others.length === 0) return first;
  return new Expression(['', ...others.map(() => ` ${operator} `), ''], conditions);
}

/** There is an item under the key, though it may have expired. */
export const exists = expr`attribute_exists(pk)`;

/** A word that is neither an operator nor the name of a function. */
const attributeWord = /\b(?!(?:AND|OR|NOT|IN|BETWEEN)\b)[a-z_]\w*\b(?!\()/gi;

/** Puts expressions of one call into words: DynamoDB takes the names and values of all of them apart from the text. */
export class Wording {
  readonly #names = new Map<string, string>();
  readonly #values: unknown[] = [];

  text({ texts, params }: Expression): string {
    const pieces = texts.map((text, index) => {
      const own = text.replace(attributeWord, (word) => this.name(word));
      return index < params.length ? own + this.#param(params[index]) : own;
    });
    return pieces.join('');
  }

  name(name: string): string {
    const alias = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, alias);
    return alias;
  }

  value(value: unknown): string {
    return `:v${this.#values.push(value) - 1}`;
  }

  /** What a command takes beside its expressions; empty lists are refused. */
  get attributes() {
    const names = [...this.#names].map(([name, alias]) => [alias, name]);
    const values = this.#values.map((value, index) => [`:v${index}`, value]);
    return {
      ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }

  #param(param: unknown): string {
    if (param instanceof AttributeName) return this.name(param.name);
    return param instanceof Expression ? `(${this.text(param)})` : this.value(param);
  }
}

/** What an update does to an item; attributes whose value is undefined are left as they are. */
export interface Change {
  /** New values, or expressions such as `if_not_exists(begun_at, ${now})`. */
  set?: Readonly<Record<string, unknown>>;
  /** Added to numbers, or to sets. */
  add?: Readonly<Record<string, number | Set<string> | undefined>>;
  remove?: readonly string[];
  /** Taken out of sets. */
  without?: Readonly<Record<string, Set<string>>>;
}

/** The text of an update. */
export function updateText(
  { set = {}, add = {}, remove = [], without = {} }: Change,
  wording: Wording,
): string {
  const pairs = (values: Readonly<Record<string, unknown>>, sign: string) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const to = value instanceof Expression ? wording.text(value) : wording.value(value);
        return `${wording.name(name)} ${sign}${to}`;
      });
  const clauses = {
    SET: pairs(set, '= '),
    ADD: pairs(add, ''),
    REMOVE: remove.map((name) => wording.name(name)),
    DELETE: pairs(without, ''),
  };
  return Object.entries(clauses)
    .flatMap(([clause, parts]) => (parts.length > 0 ? `${clause} ${parts.join(', ')}` : []))
    .join(' ');
}

/** Items of one partition in the order of their `sk`, by how it begins or from one to another, both included. */
export interface Range {
  pk: string;
  prefix?: string;
  between?: readonly [from: string, to: string];
  /**
   * An index of this name, whose items have this value in the attribute of the same name. They are in the order of
   * another attribute than `sk` where `sortedBy` names it; a cursor is then the whole place, in JSON.
   */
  index?: { name: string; value: string; sortedBy?: string } | undefined;
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
  const { index } = range;
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
    ...(after !== undefined && { ExclusiveStartKey: startOf(range, after) }),
  };
}

function startOf({ pk, prefix = '', index }: Range, after: string): Record<string, unknown> {
  if (index?.sortedBy) return JSON.parse(after);
  return { pk, sk: prefix + after, ...(index && { [index.name]: index.value }) };
}

/** The cursor of a page that ends with this item, or with the one of this key. */
export function cursorAt({ prefix = '', index }: Range, item: object): string {
  const there = item as Readonly<Record<string, unknown>>;
  if (!index?.sortedBy) return String(there['sk']).slice(prefix.length);
  const names = ['pk', 'sk', index.name, index.sortedBy];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, there[name]])));
}

function keyCondition({ pk, prefix = '', between, index }: Range): Expression {
  const hash = attribute(index?.name ?? 'pk');
  const value = index?.value ?? pk;
  if (between) return expr`${hash} = ${value} AND sk BETWEEN ${between[0]} AND ${between[1]}`;
  if (prefix === '') return expr`${hash} = ${value}`;
  return expr`${hash} = ${value} AND begins_with(sk, ${prefix})`;
}
