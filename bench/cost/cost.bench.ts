import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repliesEngineApp } from '../../lib/app.ts';
import { bundleLambdas, projectRoot } from '../../lib/constructs/bundle.ts';
import { pageOf } from './cost-page.ts';
import type { Template } from './deployed.ts';
import { fullSizes, measure } from './measure.ts';

const countsFile = path.join(projectRoot, 'bench/cost/counts.json');
const pageFile = path.join(projectRoot, 'docs/reference/cost.md');
const prefix = 'replies-engine';

/** Writes docs/reference/cost.md and shows it; with `measure` it counts again first (about four minutes). */
export async function cost(what?: string): Promise<void> {
  if (what !== undefined && what !== 'measure') {
    console.error(`There is no "cost ${what}": use "cost" or "cost measure".`);
    process.exitCode = 1;
    return;
  }
  if (what === 'measure') {
    const found = await measure(fullSizes, new Date().toISOString().slice(0, 10));
    writeFileSync(countsFile, `${JSON.stringify(found, null, 2)}\n`);
  }
  await bundleLambdas();
  const page = pageOf(templateOfProd(), prefix);
  writeFileSync(pageFile, page);
  console.log(page);
}

function templateOfProd(): Template {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'cost-'));
  const context = { ProjectPrefix: prefix, EnvironmentName: 'prod' };
  try {
    const { app, stack } = repliesEngineApp({ context, environment: {}, outdir });
    return app.synth().getStackByName(stack.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
