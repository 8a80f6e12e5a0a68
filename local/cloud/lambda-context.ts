/** The properties of a function that are in the context of its invocations. */
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
