import path from 'node:path';
import { asEngineError } from '../shared/errors.ts';
import { lambda } from '../shared/lambda.ts';
import { errorForLog } from '../shared/log.ts';
import { objectsClient } from '../vendors/aws/clients.ts';
import { publishEnvironment } from './environment.ts';
import { filesIn } from './files.ts';
import { bucketFiles } from './stores/bucket-files.ts';
import { type PublishEvent, publish } from './work/publish.ts';

/** Puts the site's files where they are served from, whenever CloudFormation deploys others. */
export const handler = lambda('site-publish', publishEnvironment, ({ env, log }) => {
  // Beside the function's code, as lib/web puts it there.
  const folder = path.join(process.env['LAMBDA_TASK_ROOT'] ?? '.', 'site');
  const bucket = bucketFiles(objectsClient(), env.SITE_BUCKET);
  return async (event: PublishEvent): Promise<void> => {
    const answer = await publish(event, { ...bucket, files: () => filesIn(folder) }).then(
      (count) => {
        log.info('The site was published.', { request: event.RequestType, files: count });
        return { Status: 'SUCCESS' };
      },
      (thrown: unknown) => {
        const error = asEngineError(thrown);
        log.error('The site could not be published.', {
          error_code: error.code,
          error: errorForLog(error),
        });
        return { Status: 'FAILED', Reason: `${error.message} See the log of site-publish.` };
      },
    );
    await respond(event, answer);
  };
});

/** CloudFormation waits for this, and takes an answer that never comes for a failure after an hour. */
async function respond(event: PublishEvent, answer: object): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    ...answer,
    StackId,
    RequestId,
    LogicalResourceId,
    PhysicalResourceId: 'site',
  });
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    body,
    headers: { 'content-type': '' },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status}.`);
}
