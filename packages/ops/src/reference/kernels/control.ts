// Control flow: If, Loop, Scan, SequenceMap. Bodies run in the frame around them.
import type { Graph, Node } from '@modeldiet/onnx-io';
import { keyOf } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { graphOf, intOf, intsOf, opsetOf } from '../../attributes';
import { fail } from '../../errors';
import { bools, emptyEntries, fromEntries, int64s, integersOf } from '../array';
import { axisOf, badAttribute, badInput, type Datum, isTensor, type Kernel, optionalAt, type RunBody, sequenceAt, tensorAt } from '../kernel';
import { range } from '../layout';
import { concatenated, sliced } from './move';

const bodyOf = (node: Node, name: string): Graph => graphOf(node, name) ?? badAttribute(node, name);
const truth = (t: Tensor): boolean => Boolean(t.data[0]);

const ifElse: Kernel = (node, inputs, run) => run(bodyOf(node, truth(tensorAt(node, inputs, 0)) ? 'then_branch' : 'else_branch'), []);

/** Tensors stacked along a new axis. */
export function stacked(node: Node, parts: readonly Datum[], axis = 0): Tensor {
  const tensors = parts.map((part) => (isTensor(part) ? part : badInput(node, 0, 'a scan output is no tensor')));
  const rank = tensors[0]!.dims.length + 1;
  const at = axisOf(node, axis, rank);
  return concatenated(
    tensors.map((t) => ({ ...t, dims: [...t.dims.slice(0, at), 1, ...t.dims.slice(at)] })),
    at,
  );
}

/** A loop without a trip count that has run this often does not end. */
const mostTrips = 100_000;

const loop: Kernel = (node, inputs, run) => {
  const body = bodyOf(node, 'body');
  const most = optionalAt(node, inputs, 0);
  const start = optionalAt(node, inputs, 1);
  const limit = most ? integersOf(most)[0]! : mostTrips;
  let carried = inputs.slice(2) as Datum[];
  let goOn = start ? truth(start) : true;
  const scans: Datum[][] = range(node.outputs.length - carried.length).map(() => []);
  let trip = 0;
  for (; trip < limit && goOn; trip++) {
    const [condition, ...rest] = run(body, [int64s([trip], []), bools([goOn], []), ...carried]);
    goOn = !isTensor(condition) || truth(condition);
    carried = rest.slice(0, carried.length);
    rest.slice(carried.length).forEach((value, i) => {
      scans[i]?.push(value);
    });
  }
  if (!most && trip === mostTrips && goOn) throw fail('loop-limit', { where: { node: keyOf(node), opType: 'Loop' }, expected: `at most ${mostTrips} trips` });
  return [...carried, ...scans.map((parts, i) => (parts.length ? stacked(node, parts) : nothing(body, carried.length + 1 + i)))];
};

/** A scan output of no trips: the declared element type and extents under a first axis of 0. */
function nothing(body: Graph, output: number): Tensor {
  const type = body.outputs[output]?.type;
  const dims = type?.kind === 'tensor' ? (type.shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 0)) : [];
  const dtype = type?.kind === 'tensor' ? (type.dtype ?? 'float32') : 'float32';
  return fromEntries(dtype, [0, ...dims], emptyEntries(dtype));
}

/** Entry `at` along an axis, without the axis. */
function entry(x: Tensor, axis: number, at: number): Tensor {
  const one = sliced(x, axis, at, 1);
  return { ...one, dims: one.dims.filter((_, i) => i !== axis) };
}

function scanOnce(node: Node, body: Graph, states: readonly Datum[], scanned: readonly Tensor[], run: RunBody): Datum[] {
  const rank = (i: number): number => scanned[i]!.dims.length;
  const axes = scanned.map((_, i) => axisOf(node, intsOf(node, 'scan_input_axes')?.[i] ?? 0, rank(i)));
  const backward = (name: string, i: number): boolean => (intsOf(node, name)?.[i] ?? 0) === 1;
  const length = scanned[0]!.dims[axes[0]!]!;
  let carried: readonly Datum[] = states;
  const scans: Datum[][] = range(body.outputs.length - states.length).map(() => []);
  for (let step = 0; step < length; step++) {
    const slices = scanned.map((x, i) => entry(x, axes[i]!, backward('scan_input_directions', i) || backward('directions', i) ? length - 1 - step : step));
    const out = run(body, [...carried, ...slices]);
    carried = out.slice(0, states.length);
    out.slice(states.length).forEach((value, i) => {
      if (backward('scan_output_directions', i)) scans[i]!.unshift(value);
      else scans[i]!.push(value);
    });
  }
  return [...carried, ...scans.map((parts, i) => stacked(node, parts, intsOf(node, 'scan_output_axes')?.[i] ?? 0))];
}

/** From opset 9 on; opset 8 has sequence lengths first, and a batch axis on everything. */
const scan: Kernel = (node, inputs, run) => {
  const body = bodyOf(node, 'body');
  const count = intOf(node, 'num_scan_inputs', 0);
  if (opsetOf(node) >= 9) {
    const states = inputs.slice(0, inputs.length - count) as Datum[];
    return scanOnce(
      node,
      body,
      states,
      range(count).map((i) => tensorAt(node, inputs, states.length + i)),
      run,
    );
  }
  const rest = range(inputs.length - 1).map((i) => tensorAt(node, inputs, i + 1));
  const batch = rest[0]!.dims[0]!;
  const results = range(batch).map((n) => {
    const own = rest.map((x) => entry(x, 0, n));
    return scanOnce(node, body, own.slice(0, own.length - count), own.slice(own.length - count), run);
  });
  return results[0]!.map((_, i) =>
    stacked(
      node,
      results.map((result) => result[i]!),
    ),
  );
};

/** The body for every element of the first sequence; sequences give their element, tensors themselves. */
const sequenceMap: Kernel = (node, inputs, run) => {
  const body = bodyOf(node, 'body');
  const first = sequenceAt(node, inputs, 0);
  const results = first.map((_, i) =>
    run(
      body,
      inputs.map((input) => (Array.isArray(input) ? (input[i] as Datum) : (input as Datum))),
    ),
  );
  return node.outputs.map((_, o) => results.map((result) => result[o]!));
};

export const kernels = { If: ifElse, Loop: loop, Scan: scan, SequenceMap: sequenceMap } satisfies Record<string, Kernel>;
