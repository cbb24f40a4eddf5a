// Costs of nets whose MACs and parameters are published: torchvision's resnet18 and mobilenet_v3_small at 224 x 224.
import {
  batchNorm,
  conv,
  flatten,
  globalAvgPool,
  hardSwish,
  type Layer,
  linear,
  type Model,
  maxPool,
  relu,
  residual,
  sequential,
  squeezeExcite,
  summarize,
} from '@modeldiet/onnx-io';
import { describe, expect, it } from 'vitest';
import { type Costs, costs } from './costs';
import { sizeOf } from './dims';
import { inferShapes } from './shapes/infer';

const convBn = (from: number, to: number, kernel: number, stride: number, groups = 1): Layer[] => [
  conv(from, to, kernel, { stride, padding: (kernel - 1) / 2, bias: false, groups }),
  batchNorm(to),
];

/** He et al. 2015, table 1: basic blocks of 64, 128, 256, 512. */
function resnet18(): Model {
  const block = (from: number, to: number, stride: number): Layer[] => [
    residual([...convBn(from, to, 3, stride), relu(), ...convBn(to, to, 3, 1)], stride === 1 && from === to ? [] : convBn(from, to, 1, stride)),
    relu(),
  ];
  const stage = (from: number, to: number, stride: number): Layer[] => [...block(from, to, stride), ...block(to, to, 1)];
  return sequential(
    [
      ...convBn(3, 64, 7, 2),
      relu(),
      maxPool(3, { stride: 2, padding: 1 }),
      ...stage(64, 64, 1),
      ...stage(64, 128, 2),
      ...stage(128, 256, 2),
      ...stage(256, 512, 2),
      globalAvgPool(),
      flatten(),
      linear(512, 1000),
    ],
    { input: { dims: ['batch', 3, 224, 224] } },
  );
}

/** Howard et al. 2019, table 2: kernel, in, expanded, out, squeeze-and-excite, hard swish, stride. */
const small: readonly (readonly [number, number, number, number, boolean, boolean, number])[] = [
  [3, 16, 16, 16, true, false, 2],
  [3, 16, 72, 24, false, false, 2],
  [3, 24, 88, 24, false, false, 1],
  [5, 24, 96, 40, true, true, 2],
  [5, 40, 240, 40, true, true, 1],
  [5, 40, 240, 40, true, true, 1],
  [5, 40, 120, 48, true, true, 1],
  [5, 48, 144, 48, true, true, 1],
  [5, 48, 288, 96, true, true, 2],
  [5, 96, 576, 96, true, true, 1],
  [5, 96, 576, 96, true, true, 1],
];
const by8 = (x: number): number => Math.max(8, Math.floor((x + 4) / 8) * 8);

function mobileNetV3Small(): Model {
  const bottlenecks = small.flatMap(([kernel, from, wide, to, squeeze, swish, stride]): Layer[] => {
    const act = swish ? hardSwish : relu;
    const body = [
      ...(wide === from ? [] : [...convBn(from, wide, 1, 1), act()]),
      ...convBn(wide, wide, kernel, stride, wide),
      act(),
      ...(squeeze ? [squeezeExcite(wide, by8(wide / 4))] : []),
      ...convBn(wide, to, 1, 1),
    ];
    return stride === 1 && from === to ? [residual(body)] : body;
  });
  return sequential(
    [
      ...convBn(3, 16, 3, 2),
      hardSwish(),
      ...bottlenecks,
      ...convBn(96, 576, 1, 1),
      hardSwish(),
      globalAvgPool(),
      flatten(),
      linear(576, 1024),
      hardSwish(),
      linear(1024, 1000),
    ],
    {
      input: { dims: ['batch', 3, 224, 224] },
    },
  );
}

/** torch-pruning 1.6.1 (utils/op_counter.py) adds to the products: two a BatchNorm element, one an element of ReLU's output and of a pool's input, and biases. */
function byTorchPruning(model: Model, { macs }: Costs): number {
  const shapes = inferShapes(model, { dims: { batch: 1 } });
  let extra = 0;
  for (const node of model.graph.nodes) {
    const size = (value: (typeof node.inputs)[number]): number => {
      const type = value && shapes.of(value);
      return type?.kind === 'tensor' && type.shape ? Number(sizeOf(type.shape)) : 0;
    };
    if (node.opType === 'BatchNormalization') extra += 2 * size(node.inputs[0]);
    if (node.opType === 'Relu') extra += size(node.outputs[0]);
    if (/Pool$/.test(node.opType)) extra += size(node.inputs[0]);
    if ((node.opType === 'Conv' || node.opType === 'Gemm') && node.inputs[2]) extra += size(node.outputs[0]);
  }
  return Number(macs) + extra;
}

describe('published costs', () => {
  it('ResNet-18: 11.69 M parameters, 1.82 GMACs', () => {
    const model = resnet18();
    const cost = costs(model, { dims: { batch: 1 } });
    expect(cost.macs).toBe(1_814_073_344); // torchvision's model card: 1.814 G
    expect(byTorchPruning(model, cost) / 1.82e9).toBeCloseTo(1, 2);
    expect(summarize(model).parameters).toBe(11_689_512);
  });
  it('MobileNetV3-small: 2.54 M parameters, 60.1 MMACs', () => {
    const model = mobileNetV3Small();
    const cost = costs(model, { dims: { batch: 1 } });
    expect(Number(cost.macs) / 56.5e6).toBeCloseTo(1, 2); // torchvision's model card: 0.06 G
    expect(byTorchPruning(model, cost) / 60.1e6).toBeCloseTo(1, 2);
    expect(summarize(model).parameters).toBe(2_542_856);
  });
});
