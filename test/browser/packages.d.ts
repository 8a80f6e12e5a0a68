// What is used of packages that only the browser's journeys install, so that the types hold without them.
declare module '@sparticuz/chromium' {
  const chromium: { executablePath(): Promise<string> };
  export default chromium;
}

declare module 'axe-core' {
  const axe: { source: string };
  export default axe;
}

declare module 'playwright-core' {
  export interface Locator {
    click(): Promise<void>;
    fill(text: string): Promise<void>;
    press(key: string): Promise<void>;
    focus(): Promise<void>;
    count(): Promise<number>;
    textContent(): Promise<string | null>;
    innerText(): Promise<string>;
    allInnerTexts(): Promise<string[]>;
    getAttribute(name: string): Promise<string | null>;
    isVisible(): Promise<boolean>;
    isDisabled(): Promise<boolean>;
    waitFor(options?: { state?: 'visible' | 'hidden'; timeout?: number }): Promise<void>;
    setInputFiles(files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void>;
    boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
    evaluate<T>(run: (element: HTMLElement) => T): Promise<T>;
    locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
    getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
    getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
    first(): Locator;
    last(): Locator;
    nth(index: number): Locator;
  }
  export type FrameLocator = Pick<Locator, 'locator' | 'getByRole' | 'getByText'>;
  export interface Frame {
    url(): string;
    evaluate<T, A>(run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
    evaluate<T>(run: string | (() => T | Promise<T>)): Promise<T>;
  }
  export interface Page extends FrameLocator, Frame {
    goto(url: string): Promise<unknown>;
    reload(): Promise<unknown>;
    screenshot(options: { path: string }): Promise<unknown>;
    setViewportSize(size: { width: number; height: number }): Promise<void>;
    emulateMedia(options: {
      colorScheme?: 'dark' | 'light';
      reducedMotion?: 'reduce';
    }): Promise<void>;
    frameLocator(selector: string): FrameLocator;
    frames(): Frame[];
    on(event: 'console', take: (message: { type(): string; text(): string }) => void): void;
    on(event: 'pageerror', take: (error: Error) => void): void;
    keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
    close(): Promise<void>;
  }
  export interface BrowserContext {
    newPage(): Promise<Page>;
    setDefaultTimeout(ms: number): void;
    setOffline(offline: boolean): Promise<void>;
    clock: {
      install(): Promise<void>;
      fastForward(ms: number): Promise<void>;
      resume(): Promise<void>;
    };
    close(): Promise<void>;
  }
  export interface Browser {
    newContext(options: {
      viewport: { width: number; height: number };
      colorScheme?: 'dark' | 'light';
      locale?: string;
    }): Promise<BrowserContext>;
    close(): Promise<void>;
  }
  export const chromium: {
    launch(options: {
      executablePath: string;
      args: string[];
      headless: boolean;
    }): Promise<Browser>;
  };
}
