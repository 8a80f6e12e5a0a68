import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

export const projectRoot = path.resolve(import.meta.dirname, '../..');
const bundleFolder = path.join(projectRoot, 'dist', 'lambdas');

/** The folder of one function's bundle, by its context and name: `whatsapp-replies`, `receive`. */
export const bundleOf = (context: string, name: string): string =>
  path.join(bundleFolder, `${context}-${name}`);

/** Twilio's own HTTP client is axios with its proxies; ours is `fetch`, so it stays out. */
const withoutTwilioRequestClient: Plugin = {
  name: 'without-twilio-request-client',
  setup(builder) {
    builder.onResolve({ filter: /\/RequestClient$/ }, ({ importer }) =>
      importer.includes(`twilio${path.sep}lib`)
        ? { path: 'unused', namespace: 'empty' }
        : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {}' }));
  },
};

/** Lambda gives a function its credentials by the environment; SSO, profiles and instance metadata stay out. */
const onlyCredentialsOfTheEnvironment: Plugin = {
  name: 'only-credentials-of-the-environment',
  setup(builder) {
    const whole = '@aws-sdk/credential-provider-node';
    builder.onResolve({ filter: new RegExp(`^${whole}$`) }, ({ resolveDir }) => ({
      path: whole,
      namespace: 'environment',
      pluginData: resolveDir,
    }));
    builder.onLoad({ filter: /.*/, namespace: 'environment' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: pluginData,
    }));
  },
};

/** A bundle that starts fast: CommonJS (faster than ESM with the AWS SDK), from the packages' ES modules. */
export const plainBundleOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** How every Lambda is bundled: without what it can never use. */
export const bundleOptions: BuildOptions = {
  ...plainBundleOptions,
  plugins: [withoutTwilioRequestClient, onlyCredentialsOfTheEnvironment],
};

/** Bundles every `lambdas/<context>/<name>.lambda.ts` by one call, about a second for all of them. */
export async function bundleLambdas(): Promise<void> {
  const entries = globSync('lambdas/*/*.lambda.ts', { cwd: projectRoot }).map((file) => {
    const [, context = '', name = ''] = file.split(path.sep);
    const out = `${context}-${name.replace('.lambda.ts', '')}/index`;
    return { in: path.join(projectRoot, file), out };
  });
  mkdirSync(bundleFolder, { recursive: true });
  // The bundles are CommonJS inside a project of ES modules.
  replaceFile(path.join(bundleFolder, 'package.json'), Buffer.from('{"type":"commonjs"}\n'));
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: entries,
    outdir: bundleFolder,
    write: false,
  });
  for (const { path: file, contents } of outputFiles) replaceFile(file, contents);
}

/** Whole or not at all, because another process may be reading the same bundle. */
function replaceFile(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, contents);
  renameSync(whole, file);
}
