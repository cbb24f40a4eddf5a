// Control flow: the bodies are inferred on the types that flow into them.
import type { Dim, Node, ValueType } from '@modeldiet/onnx-io';
import { graphOf, intOf, intsOf } from '../../attributes';
import { unknown } from '../../dims';
import type { Elements, InferBody, ShapeRule, Shapes, ValueRule } from '../../facts';
import { mergeTypes, sameType } from '../merge';
import { axisIn, elementsAt, shapeAt, tensor, typeOf } from '../rule';

/** If: the taken branch where the condition is known, else what both branches agree on. Both bodies are inferred either way. */
export const ifElse: ShapeRule = (node, _, infer) => {
  const [yes, no] = ['then_branch', 'else_branch'].map((name) => {
    const body = graphOf(node, name);
    return body && infer(body, []);
  });
  const condition = elementsAt(node, _, 0)?.[0];
  if (condition === 0 || condition === 1) return (condition ? yes : no) ?? [];
  return node.outputs.map((_output, i) => mergeTypes(yes?.[i], no?.[i]));
};

/**
 * Types that are carried from trip to trip: the body is inferred until what goes in covers what comes out.
 * An extent that changes becomes unknown, a rank that changes too, so this ends after a few rounds.
 */
function carry(initial: readonly (ValueType | undefined)[], round: (carried: readonly (ValueType | undefined)[]) => readonly (ValueType | undefined)[]) {
  let carried = initial;
  for (;;) {
    const out = round(carried);
    const next = carried.map((type, i) => mergeTypes(type, out[i]));
    const stable = next.every((type, i) => sameType(type, blurred(carried[i])));
    carried = next;
    if (stable) return { carried, out };
  }
}
/** As mergeTypes(type, type) gives it. */
const blurred = (type: ValueType | undefined): ValueType | undefined => mergeTypes(type, type);

const withoutFirst = (type: ValueType | undefined, axis = 0): ValueType | undefined =>
  type?.kind === 'tensor'
    ? tensor(
        type.dtype,
        type.shape?.filter((_, i) => i !== axis),
      )
    : undefined;
const stacked = (type: ValueType | undefined, count: Dim, axis = 0): ValueType | undefined =>
  type?.kind === 'tensor' ? tensor(type.dtype, type.shape && [...type.shape.slice(0, axis), count, ...type.shape.slice(axis)]) : undefined;

/** Loop(M?, cond?, carried...): carried outputs, then the scan outputs stacked on a new first axis. */
export const loop: ShapeRule = (node, shapes, infer) => {
  const body = graphOf(node, 'body');
  if (!body) return [];
  const initial = node.inputs.slice(2).map((_, i) => typeOf(node, shapes, i + 2));
  const trip: Elements | undefined = undefined;
  const { carried, out } = carry(initial, (types) => infer(body, [tensor('int64', []), tensor('bool', []), ...types], [trip]).slice(1));
  const count = tripCount(node, shapes, body);
  const last = carried.map((type, i) => (count === 0 ? initial[i] : count === 1 ? out[i] : type));
  return [...last, ...out.slice(carried.length).map((type) => stacked(type, count))];
};

/** The trip count, where no condition can end the loop early. */
export function tripCount(node: Node, shapes: Shapes, body: NonNullable<ReturnType<typeof graphOf>>): Dim {
  const most = node.inputs[0] ? (elementsAt(node, shapes, 0)?.[0] ?? unknown) : unknown;
  const start = node.inputs[1] ? elementsAt(node, shapes, 1)?.[0] : 1;
  if (start === 0) return 0;
  const condition = body.outputs[0];
  const passed = condition && (condition === body.inputs[1] || (condition.producer?.opType === 'Identity' && condition.producer.inputs[0] === body.inputs[1]));
  const constant = condition && shapes.elements(condition)?.data[0];
  return start === 1 && (passed || constant === 1) ? (typeof most === 'number' ? Math.max(0, most) : most) : unknown;
}

const isOldScan = (node: Node): boolean => node.attributes.has('directions') || (node.graph.opsets.get('') ?? 9) < 9;

/** Scan (9 on): state variables, then slices of the scan inputs; opset 8 has a batch axis and sequence lengths before them. */
export const scan: ShapeRule = (node, shapes, infer) => {
  const body = graphOf(node, 'body');
  const scanned = intOf(node, 'num_scan_inputs', 0);
  if (!body) return [];
  return isOldScan(node) ? scan8(node, shapes, infer) : scanNow(node, shapes, infer, body, scanned);
};

function scanNow(node: Node, shapes: Shapes, infer: InferBody, body: NonNullable<ReturnType<typeof graphOf>>, scanned: number) {
  const states = node.inputs.length - scanned;
  const initial = node.inputs.slice(0, states).map((_, i) => typeOf(node, shapes, i));
  const inAxes = intsOf(node, 'scan_input_axes') ?? [];
  const outAxes = intsOf(node, 'scan_output_axes') ?? [];
  let length: Dim = unknown;
  const slices = node.inputs.slice(states).map((_, i) => {
    const shape = shapeAt(node, shapes, states + i);
    const axis = shape && axisIn(inAxes[i] ?? 0, shape.length);
    if (shape && axis !== undefined && (length === unknown || typeof shape[axis] === 'number')) length = shape[axis]!;
    return withoutFirst(typeOf(node, shapes, states + i), axis ?? 0);
  });
  const { carried, out } = carry(initial, (types) => infer(body, [...types, ...slices]));
  const scans = out.slice(states).map((type, i) => {
    const rank = type?.kind === 'tensor' && type.shape ? type.shape.length + 1 : undefined;
    return stacked(type, length, rank === undefined ? 0 : (axisIn(outAxes[i] ?? 0, rank) ?? 0));
  });
  return [...carried, ...scans];
}

function scan8(node: Node, shapes: Shapes, infer: InferBody) {
  const body = graphOf(node, 'body')!;
  const scanned = intOf(node, 'num_scan_inputs', 0);
  const states = node.inputs.length - 1 - scanned;
  const batch =
    node.inputs
      .slice(1)
      .map((_, i) => shapeAt(node, shapes, i + 1)?.[0])
      .find((dim) => dim !== undefined) ?? unknown;
  const length = shapeAt(node, shapes, 1 + states)?.[1] ?? unknown;
  const initial = node.inputs.slice(1, 1 + states).map((_, i) => withoutFirst(typeOf(node, shapes, 1 + i)));
  const slices = node.inputs.slice(1 + states).map((_, i) => withoutFirst(withoutFirst(typeOf(node, shapes, 1 + states + i))));
  const { carried, out } = carry(initial, (types) => infer(body, [...types, ...slices]));
  return [...carried.map((type) => stacked(type, batch)), ...out.slice(states).map((type) => stacked(stacked(type, length), batch))];
}

/** SequenceMap: the body on one element of each sequence; every output is a sequence. */
export const sequenceMap: ShapeRule = (node, shapes, infer) => {
  const body = graphOf(node, 'body');
  if (!body) return [];
  const inputs = node.inputs.map((_, i) => {
    const type = typeOf(node, shapes, i);
    return type?.kind === 'sequence' ? type.element : type;
  });
  return infer(body, inputs).map((element) => element && { kind: 'sequence', element });
};

/** The elements of the branch that a known condition takes. */
export const takenBranch: ValueRule = (node, shapes) => {
  const condition = elementsAt(node, shapes, 0)?.[0];
  const body = condition === 1 ? graphOf(node, 'then_branch') : condition === 0 ? graphOf(node, 'else_branch') : undefined;
  return body ? body.outputs.map((value) => shapes.elements(value)) : [];
};

/** How often a Scan runs its body: the extent of the scanned axis. */
export function scanLength(node: Node, shapes: Shapes): Dim {
  const states = node.inputs.length - intOf(node, 'num_scan_inputs', 0);
  const shape = shapeAt(node, shapes, states);
  const axis = shape && axisIn(intsOf(node, 'scan_input_axes')?.[0] ?? (isOldScan(node) ? 1 : 0), shape.length);
  return axis === undefined ? unknown : (shape?.[axis] ?? unknown);
}
