import { describe, expect, it } from 'vitest';
import { importsThat, sourcesOf } from './source.ts';

const lambdas = sourcesOf('lambdas');
const stack = sourcesOf('lib');
/** What the contexts share; `tenancy` knows the tenants, and stands on the first two; `events` is the bus, and stands on all three. */
const shared = ['runtime', 'vendors', 'tenancy', 'events'];

const contextOf = (file: string) => /^lambdas\/([^/]+)\//.exec(file)?.[1] ?? '';
const inContext = lambdas.filter(({ file }) => !shared.includes(contextOf(file)));
const within = (folder: string) => lambdas.filter(({ file }) => file.includes(folder));

describe('the direction of imports', () => {
  it('is seen by this test', () => {
    const seen = importsThat(inContext, (imported) => imported.startsWith('lambdas/'));

    expect(seen).toContain(
      'lambdas/whatsapp-replies/receive.lambda.ts → lambdas/whatsapp-replies/receive.ts',
    );
  });

  it('leads from nowhere to an entry', () => {
    const sources = [...lambdas, ...stack, ...sourcesOf('bin', 'local')];

    expect(importsThat(sources, (imported) => imported.endsWith('.lambda.ts'))).toEqual([]);
  });

  it('leads from the domain to the domain, its contract and features, who calls, and the runtime', () => {
    const allowed = (imported: string, file: string) => {
      const context = contextOf(file);
      return (
        imported.startsWith(`lambdas/${context}/domain/`) ||
        imported === `lambdas/${context}/contract.ts` ||
        imported === `lambdas/${context}/features.ts` ||
        /^lambdas\/(tenancy\/(caller|contract)|events\/contract)\.ts$/.test(imported) ||
        imported.startsWith('lambdas/runtime/')
      );
    };
    const pure = ['libphonenumber-js/min', 'marked', 'node:crypto', 'node:url', 'tinyqueue'];

    const wrong = importsThat(
      within('/domain/'),
      (imported, file) => !allowed(imported, file) && !pure.includes(imported),
    );
    expect(wrong).toEqual([]);
  });

  it('leads from the adapters to other adapters, the domain, and what is shared', () => {
    const wrong = importsThat(
      within('/adapters/'),
      (imported, file) =>
        imported.startsWith('lambdas/') &&
        !/^lambdas\/(vendors|runtime|tenancy|events)\//.test(imported) &&
        !new RegExp(
          `^lambdas/${contextOf(file)}/(adapters/|domain/|(contract|environment|features|reply-reference)\\.ts)`,
        ).test(imported),
    );

    expect(wrong).toEqual([]);
  });

  it('leads from the vendors to the vendors and the runtime, and from there no further', () => {
    const beyond = (pattern: RegExp) => (imported: string) =>
      imported.startsWith('lambdas/') && !pattern.test(imported);

    expect(importsThat(within('/vendors/'), beyond(/^lambdas\/(vendors|runtime)\//))).toEqual([]);
    expect(importsThat(within('/runtime/'), beyond(/^lambdas\/runtime\//))).toEqual([]);
    expect(
      importsThat(within('/tenancy/'), beyond(/^lambdas\/(tenancy|vendors|runtime)\//)),
    ).toEqual([]);
    expect(
      importsThat(within('/events/'), beyond(/^lambdas\/(events|tenancy|vendors|runtime)\//)),
    ).toEqual([]);
  });

  it('meets the vendors only at the edge', () => {
    const sdk = /^(openai|twilio|@aws-sdk)(\/|$)/;
    const edge = /^lambdas\/(vendors\/|[^/]+\/adapters\/)/;

    const wrong = importsThat(lambdas, (imported, file) => sdk.test(imported) && !edge.test(file));
    expect(wrong).toEqual([]);
  });

  it('leads from one context to another only through its contract and features', () => {
    const wrong = importsThat(inContext, (imported, file) => {
      const [from, to] = [contextOf(file), contextOf(imported)];
      return (
        to !== '' &&
        to !== from &&
        !shared.includes(to) &&
        !/\/(contract|features)\.ts$/.test(imported)
      );
    });

    expect(wrong).toEqual([]);
  });

  it('leads from the stack to the contracts alone', () => {
    const wrong = importsThat(
      stack,
      (imported) =>
        /^(lambdas|local|test|bin)\//.test(imported) &&
        !/\/(contract|environment)\.ts$/.test(imported),
    );

    expect(wrong).toEqual([]);
  });

  it('leads from what is deployed neither to the local cloud nor to tests nor to the stack', () => {
    const wrong = importsThat(lambdas, (imported) =>
      /^(local|test|lib|bin|bench)\//.test(imported),
    );

    expect(wrong).toEqual([]);
  });

  it('leads to the simulators only from the local cloud and the tests', () => {
    const sources = [...lambdas, ...stack, ...sourcesOf('bin')];

    expect(importsThat(sources, (imported) => imported.includes('simulators/'))).toEqual([]);
  });

  it('leads from the local cloud neither to the tests nor to the benches', () => {
    const toTests = importsThat(sourcesOf('local', 'bin'), (imported) =>
      imported.startsWith('test/'),
    );
    const toBenches = importsThat(sourcesOf('local'), (imported) => imported.startsWith('bench/'));

    expect([...toTests, ...toBenches]).toEqual([]);
  });
});
