interface Problem {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

/** An answer that refuses, as a person reads it. */
export function refusalText(method: string, where: string, status: number, text: string): string {
  const said = `${method} ${where} answered ${status}`;
  try {
    const { detail, errors = [] } = JSON.parse(text) as Problem;
    const faults = errors.map((one) => `\n  ${one.pointer.replace('#/', '')}: ${one.detail}`);
    return `${said}: ${detail ?? text}${faults.join('')}`;
  } catch {
    return `${said}: ${text}`;
  }
}
