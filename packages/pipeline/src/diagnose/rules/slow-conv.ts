// Depthwise convolutions and the first one (few input channels) have no good int8 kernel in many runtimes. Measured against the original, else against a float Conv of the same extents.
import { graphBuilder, type Model, type Node, opKey } from '@modeldiet/onnx-io';
import { formatMs } from '../../format';
import type { DiagnoseRule, Evidence } from '../finding';
import { seenBy } from '../shapes';
import { storedWeight } from '../weight';

const integerConvs = new Set(['QLinearConv', 'ConvInteger', 'NhwcQLinearConv']);
/** As many input channels as an image has. */
const fewChannels = 4;
const slower = 1.1;

const groupOf = (node: Node): number => {
  const group = node.attributes.get('group');
  return group?.kind === 'int' ? Number(group.value) : 1;
};

/** The attributes that a Conv has; those of the integer forms are the same. */
const convAttributes = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'];

function floatConv(node: Node, dims: readonly number[], kernel: readonly number[]): Model {
  const g = graphBuilder();
  const w = g.constant('w', { type: 'float32', dims: kernel, data: new Float32Array(kernel.reduce((a, b) => a * b, 1)).fill(0.01) });
  const attributes = Object.fromEntries([...node.attributes].filter(([name]) => convAttributes.includes(name)));
  g.output(g.op('Conv', [g.input('x', 'float32', dims), w], attributes), 'y');
  return g.model();
}

/** [n, c, ...] of what a kernel saw, which may be laid out [n, ..., c]. */
function channelsFirst(dims: readonly number[], channels: number): readonly number[] | undefined {
  if (dims[1] === channels) return dims;
  return dims.at(-1) === channels ? [dims[0]!, channels, ...dims.slice(1, -1)] : undefined;
}

async function floatTime(
  { original, receipt, floatMs }: Evidence,
  row: Evidence['receipt']['nodes'][number],
  node: Node,
  kernel: readonly number[],
  channels: number,
) {
  const before = original?.nodes.find((candidate) => candidate.node === row.node && /Conv$/.test(candidate.opType));
  if (before) return { ms: before.ms, of: 'in the original' };
  const dims = channelsFirst(seenBy(receipt, row)?.input ?? [], channels);
  const ms = dims && (await floatMs(floatConv(node, dims, kernel)));
  return ms === undefined ? undefined : { ms, of: 'as a float32 Conv of these extents' };
}

export const slowConv: DiagnoseRule = {
  says: 'a depthwise or first convolution that is slower in int8',
  async find(evidence) {
    const found = [];
    for (const row of evidence.receipt.nodes) {
      const node = integerConvs.has(row.opType) ? evidence.nodeOf(row) : undefined;
      const kernel = node && storedWeight(node)?.dims;
      if (!node || !kernel || !/Conv$/.test(opKey(node))) continue;
      const group = groupOf(node);
      const channels = kernel[1]! * group;
      const kind = group > 1 && kernel[1] === 1 ? 'depthwise' : channels <= fewChannels ? `${channels} input channels` : undefined;
      const float = kind && (await floatTime(evidence, row, node, kernel, channels));
      if (!float || row.ms < slower * float.ms) continue;
      found.push({
        node: row.node,
        opType: row.opType,
        costMs: row.ms,
        evidence: `${kind}: ${formatMs(row.ms)} in int8, ${formatMs(float.ms)} ${float.of}`,
        cure: `leave it in float32: --exclude ${node.name || row.node}`,
      });
    }
    return found;
  },
};
