import { build } from 'esbuild';
import { plainBundleOptions, projectRoot } from '../../lib/constructs/bundle.ts';

/** The least that a Lambda with DynamoDB can be: it reads one item. */
const oneItemHandler = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  export const handler = (key) => client.send(new GetCommand({ TableName: process.env.TABLE, Key: key }));
`;

/** That handler, minified as ours are, with all that the AWS SDK brings. */
export async function bundleOneItemHandler(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...plainBundleOptions,
    stdin: { contents: oneItemHandler, resolveDir: projectRoot, loader: 'js' },
    outdir: 'never-written',
    write: false,
  });
  const [output] = outputFiles;
  if (!output) throw new Error('Expected a bundle, got none.');
  return output.contents;
}
