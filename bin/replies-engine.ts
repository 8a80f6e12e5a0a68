import { repliesEngineApp } from '../lib/app.ts';
import { bundleLambdas } from '../lib/constructs/bundle.ts';
import { SettingsError } from '../lib/settings.ts';
import { bundleSite } from '../lib/web/bundle-site.ts';

try {
  await bundleLambdas();
  await bundleSite();
  repliesEngineApp().app.synth();
} catch (error) {
  // A setting that is wrong is a person's to fix: the sentence, without the stack trace.
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 1;
}
