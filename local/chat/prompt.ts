import { createInterface, type Interface } from 'node:readline/promises';

/** The line at the bottom of the terminal; it keeps what the user types when text is printed above it. */
export class Prompt {
  readonly #line: Interface;
  readonly #output: NodeJS.WritableStream;
  readonly #ended = new AbortController();

  /** `take` gets each line except empty ones and /quit. */
  constructor(
    input: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
    take: (text: string) => void,
  ) {
    this.#output = output;
    this.#line = createInterface({ input, output, terminal: true });
    this.#line.on('line', (text) => this.#enter(text.trim(), take));
    this.#line.on('SIGINT', () => this.end());
    this.#line.on('close', () => {
      this.#ended.abort();
      output.write('\n');
    });
    this.state = '';
  }

  /** Aborted once the user has left. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Text before the cursor, such as ticks. */
  set state(state: string) {
    this.#line.setPrompt(`${state}> `);
    this.#redraw();
  }

  say(text: string): void {
    if (this.ended.aborted) return;
    this.#output.write(`\r\x1b[K${text}\n`);
    this.#redraw();
  }

  end(): void {
    if (!this.ended.aborted) this.#line.close();
  }

  #enter(text: string, take: (text: string) => void): void {
    if (text === '/quit') this.end();
    else if (text !== '') take(text);
    this.#redraw();
  }

  /** Guards each prompt, as readline throws after its end. */
  #redraw(): void {
    if (!this.ended.aborted) this.#line.prompt(true);
  }
}
