import { type Called, isWrite, through } from './through.ts';

/**
 * The same table or queue, where each write takes effect, its answer is lost, and the SDK sends it again. `isLost`
 * chooses among the writes, which are counted from 1.
 */
export function withLostAnswers<T extends Called>(
  called: T,
  isLost: (nth: number) => boolean = () => true,
): T {
  let writes = 0;
  return through(called, async (command, real) => {
    if (isWrite(command) && isLost(++writes)) await real(command);
    return real(command);
  });
}
