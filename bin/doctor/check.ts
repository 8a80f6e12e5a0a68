import { sanitizeForTerminal } from '../../local/sanitize-for-terminal.ts';

/** `FIX` stops customers from being answered; `warn` may; `skip` says what could not be looked at, and why. */
export type Status = 'ok' | 'warn' | 'FIX' | 'skip';

/** What was found, and what to do next where that is something. */
export interface Finding {
  status: Status;
  check: string;
  text: string;
}

/** One look at a deployment. What it throws is a finding too. */
export interface Check {
  name: string;
  look(signal: AbortSignal): Promise<Report[]>;
}

type Report = Omit<Finding, 'check'>;

export const ok = (text: string): Report => ({ status: 'ok', text });
export const warn = (text: string): Report => ({ status: 'warn', text });
export const fix = (text: string): Report => ({ status: 'FIX', text });
export const skip = (text: string): Report => ({ status: 'skip', text });

const checkTimeoutMs = 10_000;

/** Makes all checks at the same time; none waits for, or is hidden by, another. In the order of the checks. */
export async function findingsOf(
  checks: Check[],
  explain: (error: unknown) => string,
  timeoutMs = checkTimeoutMs,
): Promise<Finding[]> {
  const all = await Promise.all(
    checks.map(async (check) => {
      const reports = await reportsOf(check, explain, timeoutMs);
      return reports.map((report) => ({ check: check.name, ...report }));
    }),
  );
  return all.flat();
}

async function reportsOf(
  { look }: Check,
  explain: (error: unknown) => string,
  timeoutMs: number,
): Promise<Report[]> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Report[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([
        warn(`no answer within ${timeoutMs / 1000} s: look at the network, then try again.`),
      ]);
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([look(controller.signal), late]);
  } catch (error) {
    return [fix(explain(error))];
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a request; who does not answer is named. */
export async function reached(url: string | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    const why = code ?? (error as Error).message;
    throw new Error(`${new URL(url).host} cannot be reached (${why}): check the network.`);
  }
}

/** The same checks, which are left out where there is no stack that they could look at: its own check says that. */
export const ofStack = (
  stack: () => Promise<object | undefined>,
  checks: readonly Check[],
): Check[] =>
  checks.map(({ name, look }) => ({
    name,
    look: async (signal) => ((await stack()) ? look(signal) : [skip('see stack.')]),
  }));

/** What has the same cause as the check of the credentials is not said again. */
export function withoutEchoes(findings: Finding[]): Finding[] {
  const cause = findings.find(({ check, status }) => check === 'credentials' && status === 'FIX');
  if (!cause) return findings;
  return findings.map((one) =>
    one !== cause && one.text === cause.text ? { ...one, ...skip('see credentials.') } : one,
  );
}

export const lineOf = ({ status, check, text }: Finding, width: number): string =>
  sanitizeForTerminal(
    `${status.padEnd(4)} ${check.padEnd(width)} ${text.replaceAll(/\s*\n\s*/g, ' ')}`,
  );
