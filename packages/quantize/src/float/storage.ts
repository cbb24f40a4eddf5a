// Half-precision storage: every float32 constant becomes a float16 (or bfloat16) initializer and a Cast back to float32. The arithmetic stays float32; runtimes fold the Cast when they load.
import { addressOf, allGraphs, attr, type Draft, definedValues, edit, type Value } from '@modeldiet/onnx-io';
import { checkpoint, type LongWork, type Weight } from '@modeldiet/tensor';
import { addConstant, constantSource, dropUnread } from '../constant';
import { nodeBytes } from '../dynamic/rule';
import { toHalf } from './options';

interface Held {
  readonly value: Value;
  readonly weight: Weight;
}

function* heldConstants(draft: Draft): Generator<Held> {
  for (const graph of allGraphs(draft.model))
    for (const value of [...definedValues(graph)]) {
      const source = value.uses.size > 0 ? constantSource(value) : undefined;
      if (source?.holder === value && source.weight.type === 'float32') yield { value, weight: source.weight };
    }
}

const elements = (weight: Weight): number => weight.dims.reduce((a, b) => a * b, 1);

/** Converts what is worth a Cast node. */
export async function storeHalf(draft: Draft, work: LongWork, format: 'float16' | 'bfloat16'): Promise<number> {
  const held = [...heldConstants(draft)];
  let changes = 0;
  for (const [done, { value, weight }] of held.entries()) {
    await checkpoint(work, { phase: 'convert', done, total: held.length, unit: 'weights', item: value.name });
    if (![...value.uses].some(({ node }) => draft.selects(node))) continue;
    const address = value.producer ? addressOf(value.producer) : { node: value.name, opType: 'initializer' };
    if (2 * elements(weight) <= nodeBytes) {
      draft.skip(address, 'too-small', `${elements(weight)} elements save less than a Cast node adds`);
      continue;
    }
    const { graph, name } = value;
    const half = addConstant(graph, `${name}_${format}`, toHalf(weight, format, name, work));
    const back = edit.addNode(graph, { opType: 'Cast', inputs: [half], outputs: [{ type: value.type }], attributes: { to: attr.int(1) } }).outputs[0]!;
    edit.replaceUses(value, back, ({ node }) => node !== back.producer && draft.selects(node));
    dropUnread(value);
    draft.change(address, `${name} stored as ${format}`);
    changes++;
  }
  return changes;
}
