import type { Make } from './resource-maker.ts';
import { type Properties, refuseOthers } from './template.ts';

/** Makes a secret, empty or with a generated value of letters and digits. */
export const makeSecret: Make = (properties, { secrets }, _resolver, logicalId) => {
  const name = String(properties['Name'] ?? logicalId);
  const generated = properties['GenerateSecretString'] as Properties | undefined;
  if (generated) refuseOthers(generated, logicalId, ['PasswordLength', 'ExcludePunctuation']);
  const arn = generated
    ? secrets.generate(name, Number(generated['PasswordLength'] ?? 32))
    : secrets.create(name);
  return { ref: arn, attributes: { Id: arn } };
};
