import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleLambdas } from '../../../lib/constructs/bundle.ts';

/** A project with one function that says what its source and a shared file say. */
function aProject() {
  const root = mkdtempSync(path.join(os.tmpdir(), 'bundling-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  write('lambdas/shared/word.ts', "export const word = 'first';");
  write(
    'lambdas/trial/say.lambda.ts',
    "import { word } from '../shared/word.ts';\nexport const handler = () => word;",
  );
  const bundle = (name: string) =>
    readFileSync(path.join(root, 'dist/lambdas', `trial-${name}`, 'index.js'), 'utf8');
  return { root, write, bundle };
}

describe('the bundles', () => {
  it('are left as they are where nothing has changed', async () => {
    const { root, bundle } = aProject();

    expect([await bundleLambdas(root), await bundleLambdas(root)]).toEqual([true, false]);
    expect(bundle('say')).toContain('first');
  });

  it('are made again where a file that only an import leads to has changed', async () => {
    const { root, write, bundle } = aProject();
    await bundleLambdas(root);

    write('lambdas/shared/word.ts', "export const word = 'second';");

    expect(await bundleLambdas(root)).toBe(true);
    expect(bundle('say')).toContain('second');
  });

  it('are made again of a file that was written while they were made', async () => {
    const { root, write, bundle } = aProject();
    const making = bundleLambdas(root);
    write('lambdas/shared/word.ts', "export const word = 'second';");
    await making;

    expect(await bundleLambdas(root)).toBe(true);
    expect(bundle('say')).toContain('second');
  });

  it.each([
    [
      'an entry is new',
      ({ write }: ReturnType<typeof aProject>) =>
        write('lambdas/trial/ask.lambda.ts', 'export const handler = () => 1;'),
    ],
    [
      'a package may be another',
      ({ write }: ReturnType<typeof aProject>) => write('package-lock.json', '{}'),
    ],
    [
      'a bundle is gone',
      ({ root }: ReturnType<typeof aProject>) =>
        rmSync(path.join(root, 'dist/lambdas/trial-say'), { recursive: true }),
    ],
    [
      'a bundle was written by somebody else',
      ({ root }: ReturnType<typeof aProject>) =>
        utimesSync(path.join(root, 'dist/lambdas/trial-say/index.js'), 1, 1),
    ],
  ])('are made again where %s', async (_, change) => {
    const project = aProject();
    await bundleLambdas(project.root);

    change(project);

    expect(await bundleLambdas(project.root)).toBe(true);
    expect(await bundleLambdas(project.root)).toBe(false);
    expect(project.bundle('say')).toContain('first');
  });
});
