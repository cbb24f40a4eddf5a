// Which output is the class scores: the one named, else the only float output of rank 2.
import type { Slot } from '../backend';
import { fail } from '../errors';
import { isFloat, isInteger } from '../numbers';

export interface Scores {
  readonly output: string;
  /** `scores`: one float per class; `classes`: the class itself, as scikit-learn's exports give it. */
  readonly kind: 'scores' | 'classes';
  readonly note: string;
}

/** Outputs of unknown rank count as fitting when they are the only one. Throws `runtime/metric-output`. */
export function findScores(outputs: readonly Slot[], named: string | undefined): Scores {
  const listed = outputs.map(({ name, dtype, dims }) => `${name}: ${dtype ?? 'not a tensor'}${dims ? ` [${dims.join(',')}]` : ''}`);
  const kindOf = (slot: Slot): Scores['kind'] | undefined =>
    isFloat(slot.dtype) ? 'scores' : isInteger(slot.dtype) || slot.dtype === 'string' ? 'classes' : undefined;
  if (named !== undefined) {
    const slot = outputs.find(({ name }) => name === named);
    const kind = slot && kindOf(slot);
    if (!kind)
      throw fail(
        'metric-output',
        { where: { option: 'logits', value: named }, expected: listed },
        slot ? 'the output holds neither scores nor classes' : 'no output has this name',
      );
    return { output: named, kind, note: `scores: output '${named}', as asked` };
  }
  const scores = outputs.filter(({ dtype, dims }) => isFloat(dtype) && (dims === undefined ? outputs.length === 1 : dims.length === 2));
  if (scores.length === 1) return { output: scores[0]!.name, kind: 'scores', note: `scores: '${scores[0]!.name}', the only float output of rank 2` };
  const classes = outputs.filter((slot) => kindOf(slot) === 'classes' && (slot.dims === undefined || slot.dims.length === 1));
  if (scores.length === 0 && classes.length === 1)
    return { output: classes[0]!.name, kind: 'classes', note: `classes: '${classes[0]!.name}', the only output of one class per row` };
  throw fail('metric-output', { where: { option: 'logits' }, actual: listed }, 'no single output is the class scores (float, rank 2)');
}
