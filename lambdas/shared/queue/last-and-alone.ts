/** The order of pieces of work of which some may end the process that they share. */
interface LastAndAlone {
  /** Resolves once no other piece is at work, for the waiting one with the lowest rank first. */
  wait(rank: number): Promise<void>;
  /** To be called at the end of each piece. */
  done(): void;
}

/** So many pieces begin together; those that wait are done last, one at a time. */
export function lastAndAlone(pieces: number): LastAndAlone {
  let working = pieces;
  const waiting: { rank: number; begin: () => void }[] = [];
  const rest = () => {
    working -= 1;
    if (working > 0) return;
    const next = waiting.sort((a, b) => a.rank - b.rank).shift();
    if (!next) return;
    working += 1;
    next.begin();
  };
  return {
    wait: (rank) =>
      new Promise((resolve) => {
        waiting.push({ rank, begin: resolve });
        rest();
      }),
    done: rest,
  };
}
