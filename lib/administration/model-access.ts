import { Construct } from 'constructs';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { House } from '../house.ts';
import { output } from '../output.ts';

/** The key of the model that answers, in whichever context. */
export class ModelAccess extends Construct {
  readonly openAiSecret: EmptySecret;

  constructor(scope: Construct, id: string, { house }: { house: House }) {
    super(scope, id);
    this.openAiSecret = new EmptySecret(this, 'OpenAiApiKey', {
      house,
      name: 'openai-api-key/whatsapp',
      description: 'The OpenAI API key',
    });
    output(this, 'OpenAiSecret', this.openAiSecret.givenName, {
      what: 'Filled by npm run secrets',
    });
  }
}
