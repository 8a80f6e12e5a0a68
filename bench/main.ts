import { emailPolicy } from './email-policy/email-policy.bench.ts';
import { triage } from './triage/triage.bench.ts';

/** What each bench measures, and how it is run. */
const benches: Record<string, { says: string; run: () => void | Promise<void> }> = {
  'email-policy': {
    says: 'which emails are on time under which policy, on a virtual clock (about a minute)',
    run: emailPolicy,
  },
  triage: {
    says: 'how well the rules judge labelled leads, beside two baselines (a second)',
    run: triage,
  },
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench) {
  await bench.run();
} else {
  if (name) console.error(`There is no bench ${name}.`);
  console.log('npm run bench -- <name>, where the name is one of:');
  for (const [each, { says }] of Object.entries(benches)) console.log(`  ${each}: ${says}`);
  process.exitCode = name ? 1 : 0;
}
