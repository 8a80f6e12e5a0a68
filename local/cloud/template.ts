/** A synthesized CloudFormation template, as far as the local cloud reads it. */
export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Description?: string }>;
  Parameters?: Record<string, { Default?: unknown }>;
  Conditions?: Record<string, unknown>;
}

export interface Resource {
  Type: string;
  Properties?: Properties;
  Metadata?: Record<string, unknown>;
  Condition?: string;
}

export type Properties = Record<string, unknown>;

/** What `Ref` and `Fn::GetAtt` give for a resource that was made. */
export interface Made {
  ref: string;
  attributes?: Record<string, string>;
}

export const localAccount = '000000000000';
export const localRegion = 'us-east-1';

export const arnOf = (service: string, name: string): string =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${name}`;

const noValue = Symbol('AWS::NoValue');

const pseudoParameters: Record<string, unknown> = {
  'AWS::AccountId': localAccount,
  'AWS::Region': localRegion,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'replies-engine-local',
  'AWS::StackId': `arn:aws:cloudformation:${localRegion}:${localAccount}:stack/replies-engine-local/local`,
  'AWS::NoValue': noValue,
};

/** Replaces a template's intrinsic functions by their values, from the resources that were made so far. */
export class Resolver {
  readonly #template: Template;
  readonly #made = new Map<string, Made>();
  readonly #served = new Map<string, string>();

  constructor(template: Template) {
    this.#template = template;
  }

  record(logicalId: string, made: Made): void {
    this.#made.set(logicalId, made);
  }

  made(logicalId: string): Made | undefined {
    return this.#made.get(logicalId);
  }

  /** From here on, what the template joins to this URL on AWS is the other one, on this machine. */
  serve(url: string, localUrl: string): void {
    this.#served.set(url, localUrl);
  }

  value(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.value(item)).filter(isPresent);
    if (node === null || typeof node !== 'object') return node;
    const entries = Object.entries(node);
    const [first] = entries;
    if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.#intrinsic(first[0], first[1]);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.value(item)]).filter(([, item]) => isPresent(item)),
    );
  }

  text(node: unknown): string {
    return String(this.value(node));
  }

  condition(name: string): boolean {
    const condition = this.#template.Conditions?.[name];
    if (condition === undefined) throw new Error(`The template has no condition ${name}.`);
    return this.#test(condition);
  }

  #intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Fn::GetAtt':
        return this.#attribute(argument);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return this.#onThisMachine((this.value(parts) as unknown[]).join(separator));
      }
      case 'Fn::Select': {
        const [index, list] = argument as [number, unknown];
        const values = this.value(list) as unknown[];
        if (Number(index) in values) return values[Number(index)];
        throw new Error(`The template selects item ${index} of a list of ${values.length}.`);
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return this.text(text).split(separator);
      }
      case 'Fn::If': {
        const [condition, yes, no] = argument as [string, unknown, unknown];
        return this.value(this.condition(condition) ? yes : no);
      }
      case 'Fn::Sub':
        return this.#substitute(argument);
      default:
        throw new Error(
          `The local cloud does not support the function ${name}; add it in local/cloud/template.ts.`,
        );
    }
  }

  #onThisMachine(text: string): string {
    for (const [url, localUrl] of this.#served) {
      if (text === url || text.startsWith(`${url}/`)) return localUrl + text.slice(url.length);
    }
    return text;
  }

  #ref(name: string): unknown {
    if (name in pseudoParameters) return pseudoParameters[name];
    const made = this.#made.get(name);
    if (made) return made.ref;
    const parameter = this.#template.Parameters?.[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    if (parameter) throw new Error(`The template's parameter ${name} has no default.`);
    throw new Error(`The template refers to ${name}, which the local cloud has not made.`);
  }

  #attribute(argument: unknown): string {
    const [logicalId, attribute] = Array.isArray(argument)
      ? [String(argument[0]), String(argument[1])]
      : cutAtDot(String(argument));
    const value = this.#made.get(logicalId)?.attributes?.[attribute];
    if (value !== undefined) return value;
    throw new Error(
      `The template reads ${logicalId}.${attribute}, which the local cloud does not have.`,
    );
  }

  #substitute(argument: unknown): string {
    const [text, variables] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [String(argument), {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return this.text(variables[name]);
      return String(name.includes('.') ? this.#attribute(name) : this.#ref(name));
    });
  }

  #test(condition: unknown): boolean {
    const [[name, argument] = ['', undefined]] = Object.entries(condition ?? {});
    const list = argument as unknown[];
    switch (name) {
      case 'Fn::Equals':
        return this.value(list[0]) === this.value(list[1]);
      case 'Fn::Not':
        return !this.#test(list[0]);
      case 'Fn::And':
        return list.every((item) => this.#test(item));
      case 'Fn::Or':
        return list.some((item) => this.#test(item));
      case 'Condition':
        return this.condition(String(argument));
      default:
        throw new Error(
          `The local cloud does not support the condition ${JSON.stringify(condition)}.`,
        );
    }
  }
}

function cutAtDot(text: string): [string, string] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

const isPresent = (value: unknown): boolean => value !== noValue;

/** The logical ids that a part of a template refers to. */
export function referencesOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(referencesOf);
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'Ref') return [String(value)];
    if (key === 'Fn::GetAtt')
      return [String(Array.isArray(value) ? value[0] : value).split('.')[0] ?? ''];
    if (key === 'Fn::Sub') return substituted(value);
    return referencesOf(value);
  });
}

function substituted(value: unknown): string[] {
  const [text, variables] = Array.isArray(value) ? value : [value, {}];
  const names = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map((match) => match[1] ?? '');
  return [...names, ...referencesOf(variables)];
}

/** Throws where a resource has properties other than the known ones, which would have no effect here. */
export function refuseOthers(properties: Properties, logicalId: string, known: string[]): void {
  const others = Object.keys(properties).filter((name) => !known.includes(name));
  if (others.length === 0) return;
  throw new Error(
    `The local cloud does not support ${others.join(', ')} of ${logicalId}; add it in local/cloud.`,
  );
}
