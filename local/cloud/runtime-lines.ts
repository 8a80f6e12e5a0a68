/** The lines that the Lambda runtime writes into a function's log, so that searches find the same here as on AWS. */
export const runtimeLines = {
  /** An error that the handler threw, on one line. */
  invokeError: (requestId: string, error: Thrown) => errorLine(requestId, 'Invoke Error', error),

  /** An error that nobody caught; it ends the environment. */
  uncaught: (requestId: string, error: Thrown) => errorLine(requestId, 'Uncaught Exception', error),

  timedOut: (requestId: string, seconds: number) =>
    `${now()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`,

  exited: (requestId: string, how: string) =>
    `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
};

const now = () => new Date().toISOString();

interface Thrown {
  name: string;
  message: string;
  stack?: string;
}

const errorLine = (requestId: string, what: string, thrown: Thrown): string =>
  `${now()}\t${requestId}\tERROR\t${what} \t${JSON.stringify(toldOf(thrown))}`;

const toldOf = ({ name, message, stack = '' }: Thrown) => ({
  errorType: name,
  errorMessage: message,
  stack: stack.split('\n'),
});

/** The stack of such an error line for a person, one frame a line; undefined for any other line. */
export function readableError(line: string): string | undefined {
  const [, time, what, json = ''] =
    /^\d{4}-\d\d-\d\dT(\S{8})\S*\t[^\t]*\tERROR\t(.+) \t(\{"errorType".*\})$/.exec(line) ?? [];
  try {
    const { errorType, errorMessage, stack } = JSON.parse(json) as ReturnType<typeof toldOf>;
    return `${time} ERROR ${what}: ${stack.join('\n') || `${errorType}: ${errorMessage}`}`;
  } catch {
    return undefined;
  }
}
