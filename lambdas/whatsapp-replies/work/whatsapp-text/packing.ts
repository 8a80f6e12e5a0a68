import { type Cut, maxMarkerChars, partChars } from './cuts.ts';

/**
 * The ends of the parts, the text's start first: as few parts as the cuts allow, and of those the
 * cut that hurts least, the latest of equals. Neighbouring cuts must fit into one part.
 */
export function packed(cuts: readonly Cut[], maxChars: number): Cut[] {
  const { reach, parts } = fewestParts(cuts, maxChars);
  const chosen: Cut[] = [];
  for (let at = 0; at < cuts.length; ) {
    const from = cutOf(cuts, at);
    chosen.push(from);
    let best = cuts.length;
    for (let to = reach[at] ?? 0; to > at; to--) {
      const isFewest = (parts[to] ?? 0) < (parts[at] ?? 0);
      const isGentler = best === cuts.length || cutOf(cuts, to).harm < cutOf(cuts, best).harm;
      if (isFewest && isGentler && partChars(from, cutOf(cuts, to)) <= maxChars) best = to;
    }
    at = best;
  }
  return chosen;
}

/** For each cut the furthest one that a part from it can reach, and the parts to the text's end. */
function fewestParts(cuts: readonly Cut[], maxChars: number) {
  const last = cuts.length - 1;
  const reach = new Int32Array(cuts.length).fill(last);
  const parts = new Int32Array(cuts.length);
  for (let at = last - 1; at >= 0; at--) {
    const from = cutOf(cuts, at);
    // Markers differ between cuts, so that an earlier one may reach a little further.
    let to = Math.min(last, (reach[at + 1] ?? last) + 2 * maxMarkerChars);
    while (to > at + 1 && partChars(from, cutOf(cuts, to)) > maxChars) to -= 1;
    reach[at] = to;
    // Likewise a cut shortly before the furthest one may leave fewer parts than it.
    const earliest = cutOf(cuts, to).end - 2 * maxMarkerChars;
    let fewest = parts[to] ?? 0;
    for (; to > at && cutOf(cuts, to).end >= earliest; to--) {
      if (partChars(from, cutOf(cuts, to)) <= maxChars) fewest = Math.min(fewest, parts[to] ?? 0);
    }
    parts[at] = fewest + 1;
  }
  return { reach, parts };
}

function cutOf(cuts: readonly Cut[], at: number): Cut {
  const cut = cuts[at];
  if (!cut) throw new RangeError(`Expected a cut at ${at}, got ${cuts.length} cuts`);
  return cut;
}
