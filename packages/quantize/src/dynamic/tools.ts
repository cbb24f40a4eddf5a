// What the rules share in one run: input quantizers, weight quantizers, small constants.
import { edit, type Graph, type Value } from '@modeldiet/onnx-io';
import type { Target } from '@modeldiet/runtime';
import { type LongWork, tensor } from '@modeldiet/tensor';
import { addConstant } from '../constant';
import { weightQuantizer } from '../weights';
import type { ConvForm, DynamicWork } from './rule';

/** DynamicQuantizeLinear for each value once in each graph that reads it. */
function inputQuantizer(): DynamicWork['quantizedInput'] {
  const made = new Map<Graph, Map<Value, ReturnType<DynamicWork['quantizedInput']>>>();
  return (graph, value, isFloat32) => {
    const inGraph = made.get(graph) ?? new Map();
    made.set(graph, inGraph);
    let found = inGraph.get(value);
    if (!found) {
      const input = isFloat32 ? value : edit.addNode(graph, { opType: 'Cast', inputs: [value], attributes: { to: { kind: 'int', value: 1 } } }).outputs[0]!;
      const names = ['quantized', 'scale', 'zero_point'].map((suffix) => edit.freshName(graph.model, `${value.name}_${suffix}`));
      const [codes, scale, zeroPoint] = edit.addNode(graph, { opType: 'DynamicQuantizeLinear', inputs: [input], outputs: names }).outputs;
      found = { codes: codes!, scale: scale!, zeroPoint: zeroPoint! };
      inGraph.set(value, found);
    }
    return found;
  };
}

export interface ToolSettings {
  readonly conv: ConvForm;
  readonly target: Pick<Target, 'saturatesU8S8'>;
  readonly perAxis: boolean;
}

export function dynamicTools(work: LongWork, { conv, target, perAxis }: ToolSettings): DynamicWork {
  return {
    conv,
    weightFormat: target.saturatesU8S8 ? 'uint8' : 'int8',
    perAxis,
    quantizedInput: inputQuantizer(),
    weight: weightQuantizer(work),
    constant: (graph, name, values, dims, type = 'float32') =>
      addConstant(
        graph,
        name,
        type === 'int64' ? tensor('int64', BigInt64Array.from(values, BigInt), dims) : tensor('float32', Float32Array.from(values), dims),
      ),
  };
}
