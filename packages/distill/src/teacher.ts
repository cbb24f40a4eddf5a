// The teacher's values on every example, computed once and kept beside the inputs.
import { batch, concatFeeds, fromArrays } from '@modeldiet/data';
import type { Model } from '@modeldiet/onnx-io';
import { type Backend, observe } from '@modeldiet/runtime';
import { type Batches, cast, type Dataset, type Feeds, type LongWork, type Tensor } from '@modeldiet/tensor';
import { fail } from './errors';
import type { TeacherValue } from './losses';

export interface Taught {
  readonly dataset: Dataset;
  readonly values: ReadonlyMap<string, TeacherValue>;
}

/** The column that holds a teacher's value. */
export const columnOf = (name: string): string => `teacher/${name}`;

/** How many examples the teacher sees at once, unless its file fixes that. */
const teacherBatch = 256;

const batchOf = ({ graph }: Model): number => {
  const firsts = graph.inputs.flatMap(({ type, initializer }) => (initializer === undefined && type?.kind === 'tensor' ? (type.shape?.slice(0, 1) ?? []) : []));
  const [first] = firsts;
  return typeof first === 'number' && firsts.every((extent) => extent === first) ? first : teacherBatch;
};

/** A dataset with a column for each of `names`; the examples and the teacher's answers are held in memory. */
export async function teach(
  teacher: Model,
  names: readonly string[],
  dataset: Batches,
  options: LongWork & { readonly backend: Backend; readonly labels: readonly string[] },
): Promise<Taught> {
  const items: Feeds[] = [];
  for await (const item of batch(dataset as Dataset, batchOf(teacher))) items.push(item);
  const columns = new Map<string, Tensor[]>(names.map((name) => [name, []]));
  for await (const { value, tensor } of observe(teacher, names, items, options)) columns.get(value)!.push(cast(tensor, 'float32'));
  const values = new Map<string, TeacherValue>();
  for (const [name, parts] of columns) {
    const [first] = parts;
    const wrong = parts.find((part, i) => part.dims.slice(1).join() !== first!.dims.slice(1).join() || part.dims[0] !== Object.values(items[i]!)[0]!.dims[0]);
    if (!first || wrong)
      throw fail('teacher-output', { where: { value: name }, expected: 'one row an example, all of one shape', actual: (wrong ?? first)?.dims });
    values.set(name, { column: columnOf(name), dims: first.dims.slice(1) });
  }
  const taught = items.map((item, i): Feeds => ({ ...item, ...Object.fromEntries([...columns].map(([name, parts]) => [columnOf(name), parts[i]!])) }));
  return { dataset: fromArrays(concatFeeds(taught)), values };
}
