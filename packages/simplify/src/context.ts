// What rules know of a model: shapes inferred once a round, when first asked for.
import type { Model, Value } from '@modeldiet/onnx-io';
import { inferShapes, type Shapes } from '@modeldiet/ops';
import type { LongWork } from '@modeldiet/tensor';
import { ir4Warning, toIr4 } from './passes/ir4';
import type { Context } from './rule';

export function contextOf(model: Model, work: LongWork): Context {
  let shapes: Shapes | undefined;
  const known = (): Shapes => {
    shapes ??= inferShapes(model);
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
    allowInitializers() {
      const fixed = toIr4(model);
      if (fixed > 0) work.onWarning?.(ir4Warning(fixed));
    },
  };
}
