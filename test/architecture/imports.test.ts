import { describe, expect, it } from 'vitest';
import { importsThat, sourcesOf } from './source.ts';

const lambdas = sourcesOf('lambdas');
const stack = sourcesOf('lib');
/** What the contexts share; `tenancy` knows the tenants and stands on the first two, `events` is the bus and stands on all three. */
const common = ['shared', 'vendors', 'tenancy', 'events'];
/** What others may know of a context. */
const open = /\/(routes|messages|environment|features|limits)\.ts$/;

/** What a context is built on beside what is common: of these it may use all that stands at their root. */
const foundations: Readonly<Record<string, readonly string[]>> = {
  agents: ['conversations'],
  'web-chat': ['agents', 'conversations'],
  'whatsapp-replies': ['agents', 'conversations'],
};
const isFoundation = (imported: string, file: string): boolean =>
  /^lambdas\/[^/]+\/[^/]+\.ts$/.test(imported) &&
  !imported.endsWith('.lambda.ts') &&
  (foundations[contextOf(file)] ?? []).includes(contextOf(imported));

/** Stores of idempotency keys, which are to become one. */
const notOnTheItemStore = [
  'lambdas/leads/stores/claims.ts',
  'lambdas/email-deadlines/stores/idempotency.ts',
];

/** The terms and ports of the contexts that others are built on: no wiring, no vendor. */
const isCore = (imported: string): boolean =>
  /^lambdas\/(conversations\/(conversation|ports)|agents\/ports)\.ts$/.test(imported);

const contextOf = (file: string) => /^lambdas\/([^/]+)\//.exec(file)?.[1] ?? '';
const inContext = lambdas.filter(({ file }) => !common.includes(contextOf(file)));
const within = (folder: string, sources = lambdas) =>
  sources.filter(({ file }) => file.includes(folder));

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

  it('leads from the work of a context to no store, no vendor and no HTTP', () => {
    const allowed = (imported: string, file: string) => {
      const context = contextOf(file);
      return (
        imported.startsWith(`lambdas/${context}/work/`) ||
        (contextOf(imported) === context && open.test(imported)) ||
        isCore(imported) ||
        /^lambdas\/(tenancy\/[^/]+|events\/messages|shared\/[^/]+|shared\/queue\/[^/]+)\.ts$/.test(
          imported,
        )
      );
    };
    const pure = [
      'html-entities',
      'libphonenumber-js/min',
      'marked',
      'node:crypto',
      'node:url',
      'tinyqueue',
      'zod/mini',
    ];

    const wrong = importsThat(
      within('/work/'),
      (imported, file) => !allowed(imported, file) && !pure.includes(imported),
    );
    expect(wrong).toEqual([]);
  });

  it('leads from stores and vendors to others of them, the work, and what is common', () => {
    const edge = [...within('/stores/', inContext), ...within('/vendors/', inContext)];

    const wrong = importsThat(edge, (imported, file) => {
      const own = `lambdas/${contextOf(file)}/`;
      return (
        imported.startsWith('lambdas/') &&
        !common.includes(contextOf(imported)) &&
        !isCore(imported) &&
        !['stores/', 'vendors/', 'work/'].some((folder) => imported.startsWith(own + folder)) &&
        !open.test(imported)
      );
    });
    expect(wrong).toEqual([]);
  });

  it('leads from what is common to what it stands on, and no further', () => {
    const beyond = (folder: string, ...known: string[]) =>
      importsThat(
        lambdas.filter(({ file }) => contextOf(file) === folder),
        (imported) => imported.startsWith('lambdas/') && !known.includes(contextOf(imported)),
      );

    expect(beyond('vendors', 'vendors', 'shared')).toEqual([]);
    expect(beyond('shared', 'shared', 'vendors')).toEqual([]);
    expect(beyond('tenancy', 'tenancy', 'vendors', 'shared')).toEqual([]);
    expect(beyond('events', 'events', 'tenancy', 'vendors', 'shared')).toEqual([]);
  });

  it('meets the SDKs of vendors only at the edge', () => {
    const sdk = /^(openai|twilio|@aws-sdk)(\/|$)/;
    // The worker of emails takes more from its queue than its event source hands over.
    const polls = 'lambdas/email-deadlines/ready-';
    const edge =
      /^lambdas\/(vendors|shared\/(store|queue|limits)|[^/]+\/(stores|vendors))\/|^lambdas\/events\/publisher\.ts$/;

    const wrong = importsThat(
      lambdas,
      (imported, file) => sdk.test(imported) && !edge.test(file) && !file.startsWith(polls),
    );
    expect(wrong).toEqual([]);
  });

  it('meets DynamoDB only in the item store', () => {
    const wrong = importsThat(
      lambdas,
      (imported, file) =>
        imported === '@aws-sdk/lib-dynamodb' &&
        !file.startsWith('lambdas/shared/store/') &&
        !['lambdas/vendors/aws/clients.ts', ...notOnTheItemStore].includes(file),
    );

    expect(wrong).toEqual([]);
  });

  it('leads from one context to another only to what it shows', () => {
    const wrong = importsThat(inContext, (imported, file) => {
      const [from, to] = [contextOf(file), contextOf(imported)];
      return (
        to !== '' &&
        to !== from &&
        !common.includes(to) &&
        !open.test(imported) &&
        !isFoundation(imported, file)
      );
    });

    expect(wrong).toEqual([]);
  });

  it('leads from the stack to what contexts show', () => {
    const shown =
      /^lambdas\/(tenancy\/[^/]+|shared\/metrics|shared\/http\/cors|site\/work\/site-headers|vendors\/twilio\/connection-overrides)\.ts$/;
    const wrong = importsThat(
      stack,
      (imported) =>
        /^(lambdas|local|test|bin)\//.test(imported) &&
        !open.test(imported) &&
        !shown.test(imported),
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

  it('leads from the web to the types of what it calls, and to no code of it', () => {
    const packages = ['preact', 'preact/hooks'];
    const web = sourcesOf('web');
    const wrong = importsThat(
      web,
      (imported) => !imported.startsWith('web/') && !packages.includes(imported),
    );
    const called = new Set(wrong.map((one) => one.replace(/^.* → /, '')));
    const code = web.filter(({ text }) => /^(import|export) (?!type )[^;]*\/lambdas\//m.test(text));

    expect([...called].sort()).toEqual([
      'lambdas/agents/ports.ts',
      'lambdas/conversations/conversation.ts',
      'lambdas/web-chat/routes.ts',
    ]);
    expect(code.map(({ file }) => file)).toEqual([]);
  });

  it('leads to the web from nowhere but its tests', () => {
    const sources = [...lambdas, ...stack, ...sourcesOf('bin', 'local')];

    expect(importsThat(sources, (imported) => imported.startsWith('web/'))).toEqual([]);
  });

  it('leads from the local cloud neither to the tests nor to the benches', () => {
    const toTests = importsThat(sourcesOf('local', 'bin'), (imported) =>
      imported.startsWith('test/'),
    );
    const toBenches = importsThat(sourcesOf('local'), (imported) => imported.startsWith('bench/'));

    expect([...toTests, ...toBenches]).toEqual([]);
  });
});
