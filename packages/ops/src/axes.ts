// Axis equations: which axis of which input becomes which axis of the output. Cost, pruning and tiling read them.
//
//   one term an input, '->', one term an output:   'nc*,oc*,o->no*'
//   letter   an axis; the same letter elsewhere is the same axis, entry for entry (an extent of 1 broadcasts)
//   ...      any number of leading axes, broadcast as numpy does
//   *        the remaining axes, paired in order; their extents may differ (windows, resizing)
//   1        an axis of extent one
//            (nothing: a scalar)
//   _        an axis nothing is known about; as a whole term: an input or output that shares no axis (scalars, shapes)
//   a!       entries of this axis act on each other (softmax, normalisation)
//   (gc)     one axis made of several, row-major: g blocks of c
//   [a+b]    one axis that holds a, then b (Concat, Split)
// Letters on inputs alone are summed over.
import type { Node } from '@modeldiet/onnx-io';
import type { OpTable, Shapes } from './facts';

export interface Axis {
  /** 'letter', '...', '*', '1', '_'; several letters for a composed or a concatenated axis. */
  readonly kind: 'letter' | 'leading' | 'rest' | 'one' | 'unknown' | 'composed' | 'concatenated';
  readonly letters: readonly string[];
  readonly coupled: boolean;
}
export interface AxisEquation {
  readonly inputs: readonly (readonly Axis[])[];
  readonly outputs: readonly (readonly Axis[])[];
}

const token = /\.\.\.|\*|1|_|\((\p{L}+)\)|\[([\p{L}+]+)\]|\p{L}/uy;

const signs: Readonly<Record<string, Axis['kind']>> = { '...': 'leading', '*': 'rest', '1': 'one', _: 'unknown' };

function parseTerm(term: string): Axis[] | undefined {
  const axes: Axis[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < term.length) {
    const hit = token.exec(term);
    if (!hit) return undefined;
    const [text, composed, joined] = hit;
    const coupled = term[token.lastIndex] === '!';
    if (coupled) token.lastIndex++;
    const kind = signs[text] ?? (composed ? 'composed' : joined ? 'concatenated' : 'letter');
    const letters = composed ? [...composed] : joined ? joined.split('+') : kind === 'letter' ? [text] : [];
    axes.push({ kind, letters, coupled });
  }
  return axes;
}

/** An equation as terms of axes; undefined when it is not one. */
export function parseAxes(equation: string): AxisEquation | undefined {
  const [left, right, ...more] = equation.split('->');
  if (right === undefined || more.length) return undefined;
  const side = (text: string) => text.split(',').map(parseTerm);
  const [inputs, outputs] = [left === '' ? [] : side(left!), side(right)];
  if ([...inputs, ...outputs].some((term) => !term)) return undefined;
  return { inputs: inputs as Axis[][], outputs: outputs as Axis[][] };
}

/** The axis equation of a node: its row's, for its attributes and ranks; undefined when the op has none or a rank it needs is unknown. */
export function axesOf(node: Node, shapes: Shapes, ops: OpTable, key: string): AxisEquation | undefined {
  const axes = ops[key]?.axes;
  const equation = typeof axes === 'function' ? axes(node, shapes) : axes;
  return equation === undefined ? undefined : parseAxes(equation);
}
