import { Construct } from 'constructs';
import { EmptySecret } from '../constructs/empty-secret.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

/** The key of the model that answers, in whichever context. */
export class ModelAccess extends Construct {
  readonly openAiSecret: EmptySecret;

  constructor(scope: Construct, id: string, { deployment }: { deployment: Deployment }) {
    super(scope, id);
    this.openAiSecret = new EmptySecret(this, 'OpenAiApiKey', {
      deployment,
      name: 'openai-api-key/whatsapp',
      description: 'The OpenAI API key',
    });
    output(this, 'OpenAiSecret', this.openAiSecret.baseName, {
      what: 'Filled by npm run secrets',
    });
  }
}
