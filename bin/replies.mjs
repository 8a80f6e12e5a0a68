#!/usr/bin/env node
// What `npx replies` and the scripts of package.json run, on whichever Node is there.
import './preflight.mjs';

const { run } = await import('./run.ts');
await run(process.argv.slice(2));
