import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurationPage } from './docs/configuration-page.ts';

/** Writes the pages that are made from the code. */
const file = path.resolve(import.meta.dirname, '../docs/reference/configuration.md');
writeFileSync(file, configurationPage());
console.log('Written: docs/reference/configuration.md');
