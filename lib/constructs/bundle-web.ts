import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { projectRoot } from './bundle.ts';
import { keptState, replaceFile, stampsOf, stateOf } from './kept-bundles.ts';

/** Below the project's root: what is served under `/widget/`. */
export const widgetFolder = path.join('dist', 'web', 'widget');
const sources = path.join('web', 'widget');

const common: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'browser',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

interface Made {
  /** By their path below the widget's folder. */
  files: Map<string, Uint8Array>;
  inputs: string[];
}

/**
 * Bundles the widget into `dist/web/widget`: `loader.js`, `index.html` and `config.json` under these names, all else
 * under names that change with the contents and so may be kept for ever. False where nothing has changed.
 */
export async function bundleWeb(root = projectRoot): Promise<boolean> {
  const stateFile = path.join(root, 'dist', 'web', 'state.json');
  const written = globSync('**/*.*', { cwd: path.join(root, sources) }).map((file) =>
    path.join(sources, file),
  );
  const kept = keptState(stateFile);
  if (kept && kept.state === stateOf(root, [...new Set([...written, ...kept.files])])) return false;
  const before = stampsOf(root, written);
  const { files, inputs } = await makeWidget(root);
  for (const [file, contents] of files) {
    replaceFile(path.join(root, widgetFolder, file), contents);
  }
  removeOthers(path.join(root, widgetFolder), files);
  const made = [...files.keys()].map((file) => path.join(widgetFolder, file));
  const all = [
    ...new Set([
      ...written,
      ...inputs.filter((file) => existsSync(path.join(root, file))),
      ...made,
      'package-lock.json',
      'lib/constructs/bundle-web.ts',
    ]),
  ];
  replaceFile(
    stateFile,
    Buffer.from(JSON.stringify({ files: all, state: stateOf(root, all, before) })),
  );
  return true;
}

/** What an earlier version has left, under names of other contents. */
function removeOthers(folder: string, files: Map<string, Uint8Array>): void {
  for (const file of globSync('**/*.*', { cwd: folder })) {
    if (!files.has(file.split(path.sep).join('/'))) rmSync(path.join(folder, file));
  }
}

async function makeWidget(root: string): Promise<Made> {
  const source = (file: string) => path.join(root, sources, file);
  const [loader, app] = await Promise.all([
    build({
      ...common,
      absWorkingDir: root,
      entryPoints: { loader: source('loader/loader.ts') },
      outdir: root,
      format: 'iife',
    }),
    build({
      ...common,
      absWorkingDir: root,
      entryPoints: { app: source('app/main.tsx') },
      outdir: root,
      format: 'esm',
      splitting: true,
      entryNames: 'assets/[name]-[hash]',
      chunkNames: 'assets/[name]-[hash]',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      tsconfigRaw: '{}',
    }),
  ]);
  const outputs = [...(loader.outputFiles ?? []), ...(app.outputFiles ?? [])];
  const files = new Map(
    outputs.map((one): [string, Uint8Array] => [
      path.relative(root, one.path).split(path.sep).join('/'),
      one.contents,
    ]),
  );
  files.set('index.html', Buffer.from(indexPage(root, app.metafile)));
  // Who serves it from another host than the API writes here where the API is.
  files.set('config.json', Buffer.from('{"api_url":null}\n'));
  return { files, inputs: [loader, app].flatMap((one) => Object.keys(one.metafile?.inputs ?? {})) };
}

/** The page of the iframe, with the names of what it loads. */
function indexPage(root: string, metafile: Metafile | undefined): string {
  const found = Object.entries(metafile?.outputs ?? {}).find(([, { entryPoint }]) => entryPoint);
  if (!found) throw new Error('The bundle of the widget has no entry.');
  const [script, { cssBundle = '' }] = found;
  return readFileSync(path.join(root, sources, 'index.html'), 'utf8')
    .replace('{{script}}', script)
    .replace('{{style}}', cssBundle)
    .replaceAll(/\n\s*/g, '\n');
}
