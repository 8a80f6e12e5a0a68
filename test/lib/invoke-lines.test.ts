import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { lambdaEntries, resourcesOf, stageNames, templateOf } from '../support/stack.ts';

const line =
  /^sam local invoke -t cdk\.out\/([\w-]+)\.template\.json (\w+) -e events\/([\w-]+)\.json/gm;

const guide = readFileSync(path.join(projectRoot, 'docs/guides/invoke.md'), 'utf8');

/** The lines of docs/guides/invoke.md: which function, by which payload. */
const lines = [...guide.matchAll(line)].map(([, stack, logicalId = '', name = '']) => ({
  stack,
  logicalId,
  name,
}));

/** The names of a stage's functions by their logical ids. */
const namesOf = (stage: (typeof stageNames)[number]) =>
  Object.fromEntries(
    resourcesOf(templateOf(stage), 'AWS::Lambda::Function').map(([logicalId, { Metadata }]) => [
      logicalId,
      path
        .basename(Metadata['aws:asset:path'])
        .replace(
          /^(email-deadlines|whatsapp-replies|leads|webhooks|administration|conversations|site|web-chat|agents)-/,
          '',
        ),
    ]),
  );

describe('the lines of docs/guides/invoke.md', () => {
  it.each(stageNames)('name each function of the stack with its payload (%s)', (stage) => {
    const named = Object.fromEntries(lines.map(({ logicalId, name }) => [logicalId, name]));

    expect(named).toEqual(namesOf(stage));
    expect(lines).toHaveLength(lambdaEntries.length);
  });

  it('take the template that npm run synth writes', () => {
    expect(new Set(lines.map(({ stack }) => stack))).toEqual(new Set(['replies-engine-dev']));
  });
});

describe('the payloads of events/', () => {
  const files = globSync('events/*.json', { cwd: projectRoot });

  it('are those that the guide names', () => {
    const named = [...guide.matchAll(/(?:events\/|`)([\w-]+\.json)/g)].map(([, name]) => name);

    expect(files.map((file) => path.basename(file))).toEqual(
      expect.arrayContaining([...new Set(named)]),
    );
  });

  it('are one for each function, by its name', () => {
    const names = files.map((file) => path.basename(file, '.json'));

    expect(names.sort()).toEqual(lambdaEntries.map(({ name }) => name).sort());
  });

  it('hold no secret', () => {
    for (const file of files) {
      const text = readFileSync(path.join(projectRoot, file), 'utf8');
      expect(text).not.toMatch(/re_live_|\bsk-|local-auth-token/);
    }
  });
});

describe('the functions', () => {
  it('bear the names by which npm run invoke finds them', () => {
    for (const [logicalId, { Metadata, Properties }] of resourcesOf(
      templateOf('dev'),
      'AWS::Lambda::Function',
    )) {
      const { construct, context } = Metadata['function'];
      const name = Properties.FunctionName.replace(/^acme-|-dev$/g, '');
      expect(logicalId).toContain(construct);
      expect(path.basename(Metadata['aws:asset:path'])).toBe(`${context}-${name}`);
    }
  });
});
