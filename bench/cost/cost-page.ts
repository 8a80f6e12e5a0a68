import { readFileSync } from 'node:fs';
import { type Counted, counted } from './counted.ts';
import { deployedBy, type Template } from './deployed.ts';
import { costPage } from './page.ts';
import { readPrices } from './prices.ts';

/** What was counted last. */
export const readCounted = (): Counted =>
  counted.parse(JSON.parse(readFileSync(new URL('counts.json', import.meta.url), 'utf8')));

/** The page for a template of prod whose names begin with this prefix. */
export function pageOf(template: Template, prefix: string): string {
  const nameOf = (given: string) => given.slice(prefix.length + 1, -'-prod'.length);
  const deployed = deployedBy(template, nameOf);
  return costPage({ deployed, prices: readPrices(), counted: readCounted() });
}
