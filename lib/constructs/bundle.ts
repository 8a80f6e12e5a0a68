import { existsSync, globSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { keptState, replaceFile, stampsOf, stateOf } from './kept-bundles.ts';

export const projectRoot = path.resolve(import.meta.dirname, '../..');
const bundles = path.join('dist', 'lambdas');

/** The folder of one function's bundle, by its context and name: `whatsapp-replies`, `receive`. */
export const bundleOf = (context: string, name: string): string =>
  path.join(projectRoot, bundles, `${context}-${name}`);

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

/**
 * Bundles every `lambdas/<context>/<name>.lambda.ts` by one call, about a second for all of them. Bundles that are there
 * of the same sources are left as they are: then it answers false.
 */
export async function bundleLambdas(root = projectRoot): Promise<boolean> {
  const folder = path.join(root, bundles);
  const stateFile = path.join(folder, 'state.json');
  const entries = globSync('lambdas/*/*.lambda.ts', { cwd: root }).sort();
  const kept = keptState(stateFile);
  if (kept && kept.state === stateOf(root, [...entries, ...kept.files])) return false;
  const before = stampsOf(root, globSync('lambdas/**/*.*', { cwd: root }));
  mkdirSync(folder, { recursive: true });
  // The bundles are CommonJS inside a project of ES modules.
  replaceFile(path.join(folder, 'package.json'), Buffer.from('{"type":"commonjs"}\n'));
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: entries.map((file) => {
      const [, context = '', name = ''] = file.split(path.sep);
      const out = `${context}-${name.replace('.lambda.ts', '')}/index`;
      return { in: path.join(root, file), out };
    }),
    outdir: folder,
    write: false,
  });
  for (const { path: file, contents } of outputFiles) replaceFile(file, contents);
  const files = [
    ...Object.keys(metafile?.inputs ?? {}).filter((file) => existsSync(path.join(root, file))),
    ...outputFiles.map(({ path: file }) => path.relative(root, file)),
    'package-lock.json',
    'lib/constructs/bundle.ts',
    'lib/constructs/kept-bundles.ts',
  ];
  // Of a source that was written meanwhile nobody knows which text the bundle has: it is known as it was before.
  const state = stateOf(root, [...entries, ...files], before);
  replaceFile(stateFile, Buffer.from(JSON.stringify({ files, state })));
  return true;
}
