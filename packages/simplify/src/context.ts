// What rules know of a model: shapes inferred once a round, when first asked for.
import type { Draft, Value } from '@modeldiet/onnx-io';
import { copyMemory, inferShapes, type ShapeMemory, type Shapes, shapeMemory } from '@modeldiet/ops';
import type { LongWork } from '@modeldiet/tensor';
import { ir4Warning, toIr4 } from './passes/ir4';
import type { Context } from './rule';
import { mostInAll } from './rules/fold-work';

/**
 * Shapes that passes share. No rule changes the extents or the type of a value that stays, and a value that a rule makes is typed by it: what was inferred stays true while rules work, it only
 * becomes less than could be known. So they are inferred once a round of all passes.
 */
export interface KnownShapes {
  shapes?: Shapes;
  /** So that the next inference looks only at what has changed since. */
  memory?: ShapeMemory;
  /** Steps that folding has taken. */
  spent?: number;
}
const shared = new WeakMap<Draft, KnownShapes>();
/** The passes that run on `draft` share what one of them inferred, until `known` is emptied. */
export const shareShapes = (draft: Draft, known: KnownShapes): void => void shared.set(draft, known);
/** Of a pass that runs by itself: what it spent is remembered from round to round. */
const spending = new WeakMap<Draft, KnownShapes>();
function alone(draft: Draft): KnownShapes {
  const known = spending.get(draft) ?? {};
  spending.set(draft, known);
  return known;
}
/** The shapes of the draft's model. */
export function shapesOf(draft: Draft): Shapes {
  const known = shared.get(draft);
  if (!known) return inferShapes(draft.model);
  known.memory ??= shapeMemory();
  known.shapes ??= inferShapes(draft.model, { memory: known.memory });
  return known.shapes;
}

export function contextOf(draft: Draft, work: LongWork): Context {
  const { model } = draft;
  const budget = shared.get(draft) ?? alone(draft);
  let shapes: Shapes | undefined;
  const known = (): Shapes => {
    shapes ??= shapesOf(draft);
    return shapes;
  };
  // A value that a rule has just made is typed by the rule.
  const typeOf = (value: Value) => known().of(value) ?? value.type;
  return {
    ...work,
    model,
    typeOf,
    dtypeOf: (value) => {
      const type = typeOf(value);
      return type?.kind === 'tensor' ? type.dtype : undefined;
    },
    shapeOf: (value) => {
      const type = typeOf(value);
      return type?.kind === 'tensor' ? type.shape : undefined;
    },
    tensorOf: (value) => known().constant(value),
    shapes: known,
    spend(steps) {
      const spent = budget.spent ?? 0;
      if (spent + steps > mostInAll) return false;
      budget.spent = spent + steps;
      return true;
    },
    copied(nodes) {
      const memory = shared.get(draft)?.memory;
      if (memory) for (const [node, copy] of nodes) copyMemory(memory, node, copy);
    },
    allowInitializers() {
      const fixed = toIr4(model);
      if (fixed > 0) work.onWarning?.(ir4Warning(fixed));
    },
  };
}
