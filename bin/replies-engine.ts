import { repliesEngineApp } from '../lib/app.ts';
import { bundleLambdas } from '../lib/constructs/bundle.ts';
import { SettingsError } from '../lib/settings.ts';

try {
  refuseOptionsKeptByNpm();
  await bundleLambdas();
  repliesEngineApp().app.synth();
} catch (error) {
  // A setting that is wrong is a person's to mend: the sentence, without the stack trace.
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 1;
}

/** `npm run deploy -c EnvironmentName=prod` would deploy another stage: npm has a `-c` of its own. */
function refuseOptionsKeptByNpm(): void {
  const { npm_lifecycle_event: script = '', npm_config_call: kept } = process.env;
  if (!kept || !['deploy', 'synth'].includes(script)) return;
  throw new SettingsError(
    `npm kept -c ${kept} for itself: put -- before the options, as in npm run ${script} -- -c ${kept}`,
  );
}
