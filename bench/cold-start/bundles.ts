import { existsSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import {
  bundleLambdas,
  bundleOf,
  plainBundleOptions,
  projectRoot,
} from '../../lib/constructs/bundle.ts';

/** One function, bundled in each way: files that a process can load. */
export interface Variants {
  /** Such as `whatsapp-replies/receive`. */
  name: string;
  shipped: string;
  naive: string;
  /** Whether the naive one is written again; else it is our code, only bundled without thought. */
  written: boolean;
}

/** esbuild's own defaults for Node, as a module with its source map. */
const naiveOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  logLevel: 'error',
  outExtension: { '.js': '.mjs' },
  // Without it no package that calls `require` runs in a module.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/** Only what every consumer of a queue needs. */
const queueHandler = `
  import { Logger } from '@aws-lambda-powertools/logger';
  import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
  const logger = new Logger({ serviceName: 'queue' });
  const queue = new SQSClient({});
  export const handler = async (event) => {
    await queue.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify(event) }));
    logger.info('Enqueued.');
  };
`;

/** Bundles every function as it ships and naively, the latter into the folder. */
export async function bundleVariants(folder: string): Promise<Variants[]> {
  await bundleLambdas();
  const variants = globSync('lambdas/*/*.lambda.ts', { cwd: projectRoot }).map((entry) => {
    const [, context = '', file = ''] = entry.split(path.sep);
    const name = file.replace('.lambda.ts', '');
    const ownNaive = path.join(import.meta.dirname, 'naive', `${name}.ts`);
    const written = existsSync(ownNaive);
    const source = written ? ownNaive : path.join(projectRoot, entry);
    const shipped = path.join(bundleOf(context, name), 'index.js');
    return { name: `${context}/${name}`, source, written, shipped };
  });
  const entryPoints = Object.fromEntries(variants.map(({ name, source }) => [name, source]));
  await build({ ...naiveOptions, entryPoints, outdir: folder });
  return variants.map(({ name, shipped, written }) => ({
    name,
    shipped,
    written,
    naive: path.join(folder, `${name}.mjs`),
  }));
}

/** A handler that only builds an SQS client and a logger, minified as ours are, with all that the AWS SDK brings. */
export async function bundleQueueHandler(folder: string): Promise<string> {
  const { outputFiles } = await build({
    ...plainBundleOptions,
    stdin: { contents: queueHandler, resolveDir: projectRoot, loader: 'js' },
    outdir: folder,
    write: false,
  });
  const file = path.join(folder, 'queue-handler.cjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, outputFiles?.[0]?.contents ?? '');
  return file;
}

export const bytesOf = (file: string): number => statSync(file).size;
