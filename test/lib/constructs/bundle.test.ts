import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleOptions, projectRoot } from '../../../lib/constructs/bundle.ts';
import { bundleOneItemHandler } from '../../support/baseline.ts';
import { lambdaEntries } from '../../support/stack.ts';

const jobs = lambdaEntries.map(({ context, name }) => `${context}/${name}`);
const [receive, reply] = ['whatsapp-replies/receive', 'whatsapp-replies/reply-processor'];

/** The same code as it is written without a thought of its size: `import { z }`, the whole of twilio. */
const carelessImports: Plugin = {
  name: 'careless-imports',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]lambdas[\\/].*\.ts$/ }, ({ path: file }) => {
      const written = readFileSync(file, 'utf8');
      const whole = written.replace("import * as z from 'zod/mini'", "import { z } from 'zod'");
      const usesTwilio = /from 'twilio\//.test(written);
      return { loader: 'ts', contents: usesTwilio ? `import 'twilio';\n${whole}` : whole };
    });
  },
};

/** esbuild's own defaults; minified as ours are, so that only what is imported makes the difference. */
const naiveOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
  plugins: [carelessImports],
};

type Output = Metafile['outputs'][string];

async function bundles(options: BuildOptions, of: string[]): Promise<Record<string, Output>> {
  const { metafile } = await build({
    ...options,
    entryPoints: of.map((job) => ({
      in: path.join(projectRoot, `lambdas/${job}.lambda.ts`),
      out: job,
    })),
    outdir: path.join(projectRoot, 'never-written'),
    write: false,
    metafile: true,
  });
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, output]) => [
      file.replace(/^never-written\/|\.js$/g, ''),
      output,
    ]),
  );
}

let shipped: Record<string, Output>;
let naive: Record<string, Output>;
/** Bytes of a handler that reads one item. */
let baseline: number;

beforeAll(async () => {
  shipped = await bundles(bundleOptions, jobs);
  baseline = (await bundleOneItemHandler()).byteLength;
  naive = await bundles(naiveOptions, [receive, reply]);
});

const inputsOf = (output: Output | undefined) => Object.keys(output?.inputs ?? {});
const ratioOf = (job: string) => (shipped[job]?.bytes ?? NaN) / (naive[job]?.bytes ?? NaN);

describe("a Lambda's bundle", () => {
  it.each([
    ['axios', /node_modules\/(axios|follow-redirects|https-proxy-agent)\//],
    ['the locales of zod', /zod\/v4\/locales\//],
    ['the full flavour of zod', /zod\/v4\/classic\//],
    ['the whole of twilio', /twilio\/lib\/(index|rest\/Twilio|base\/RequestClient)\.js/],
    [
      "credentials that are no function's",
      /@aws-sdk\/(nested-clients|credential-provider-(node|sso|ini|process|login))\//,
    ],
    ['code for tests and the local cloud', /^(test|local)\//],
  ])('is free of %s', (_what, pattern) => {
    for (const job of jobs) {
      expect(inputsOf(shipped[job]).length).toBeGreaterThan(0);
      expect(inputsOf(shipped[job]).filter((file) => pattern.test(file))).toEqual([]);
    }
  });

  it("has OpenAI's client only where a model is asked", () => {
    const isOpenAi = (file: string) => file.includes('node_modules/openai/');
    const asking = jobs.filter((job) => inputsOf(shipped[job]).some(isOpenAi));

    expect(asking.toSorted()).toEqual([
      'agents/turn-worker',
      'email-deadlines/email-deadline',
      'leads/lead-triage',
      'web-chat/web-chat-stream',
      reply,
    ]);
  });

  it('is compared with one that has all of these', () => {
    for (const name of ['zod/v4/locales/de.js', 'twilio/lib/rest/Twilio.js', 'axios/dist/']) {
      for (const job of [receive, reply]) {
        expect(inputsOf(naive[job]).some((input) => input.includes(name))).toBe(true);
      }
    }
  });

  it('is at most 0.09 of the naive one for the webhook', () => {
    expect(ratioOf(receive)).toBeLessThanOrEqual(0.09);
  });

  it('is at most 0.18 of the naive one for the reply processor', () => {
    expect(ratioOf(reply)).toBeLessThanOrEqual(0.18);
  });

  it('is smaller than a plain handler that reads one item, for the authorizer', () => {
    const authorizer = shipped['administration/authorizer']?.bytes ?? NaN;

    expect(authorizer / baseline).toBeLessThanOrEqual(1);
  });

  it('brings its own AWS SDK, whatever the runtime has', () => {
    for (const job of jobs) {
      const external = shipped[job]?.imports.filter((one) => !/^(node:|[a-z_/]+$)/.test(one.path));
      expect(external).toEqual([]);
    }
  });
});
