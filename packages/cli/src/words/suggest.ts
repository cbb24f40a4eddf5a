// Did you mean: the nearest of some words by Damerau-Levenshtein distance (optimal string alignment).

export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

/** The one word that `word` is most likely a slip of, or a beginning of; undefined when none is near. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: { word: string; distance: number } | undefined;
  for (const candidate of words) {
    const target = candidate.toLowerCase();
    const distance = lower.length > 1 && target.startsWith(lower) ? 0.5 : editDistance(lower, target);
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  // A slip leaves something of the word: one of a word of one letter leaves nothing.
  return best && best.distance < word.length && best.distance <= Math.max(1, Math.floor(word.length * 0.4)) ? best.word : undefined;
}

/** ' (did you mean x?)', or nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const near = nearest(word, words);
  return near && near !== word ? ` (did you mean ${near}?)` : '';
}
