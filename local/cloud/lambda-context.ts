/** What of a function its invocations' context tells. */
export interface FunctionFacts {
  functionName: string;
  memoryMb: number;
}

/** The context object of one invocation, as the Lambda runtime makes it. */
export const lambdaContext = (
  { functionName, memoryMb }: FunctionFacts,
  awsRequestId: string,
  remainingMs: () => number,
) => ({
  awsRequestId,
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
  memoryLimitInMB: String(memoryMb),
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: remainingMs,
});
