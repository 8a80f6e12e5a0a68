import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Adds up what the suites have counted, as the last line. */
const folder = process.argv[2] ?? '.';
const sums = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(folder)) {
  const counted = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  sums.passed += counted.numPassedTests;
  sums.failed += counted.numFailedTests;
  sums.skipped += counted.numPendingTests;
}
console.log(`\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exitCode = sums.failed > 0 || sums.passed === 0 ? 1 : 0;
