import { coldStart } from './cold-start/cold-start.bench.ts';
import { cost } from './cost/cost.bench.ts';
import { emailPolicy } from './email-policy/email-policy.bench.ts';
import { triage } from './triage/triage.bench.ts';

/** What each bench measures, and how it is run. */
const benches: Record<string, { says: string; run: (what?: string) => void | Promise<void> }> = {
  'email-policy': {
    says: 'which emails are on time under which policy, on a virtual clock (about a minute)',
    run: emailPolicy,
  },
  triage: {
    says: 'how well the rules judge labelled leads (a minute); "triage FILE" takes others, "triage learn" learns anew (two minutes)',
    run: triage,
  },
  cost: {
    says: 'what AWS bills, into docs/cost.md; "cost measure" counts anew before (about four minutes)',
    run: cost,
  },
  'cold-start': {
    says: 'how fast and how large the functions start, as shipped and naively bundled (two minutes)',
    run: coldStart,
  },
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench) {
  await bench.run(process.argv[3]);
} else {
  if (name) console.error(`There is no bench ${name}.`);
  console.log('npm run bench -- <name>, where the name is one of:');
  for (const [each, { says }] of Object.entries(benches)) console.log(`  ${each}: ${says}`);
  process.exitCode = name ? 1 : 0;
}
