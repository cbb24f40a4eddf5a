import { type Model, type Value } from '@modeldiet/onnx-io';
import { type Shapes } from '@modeldiet/ops';
import { type DType } from '@modeldiet/tensor';
export interface Target {
    readonly name: string;
    readonly value: Value;
    /** 'feed': an input of the main graph; 'constant': an initializer; 'run': made in a run. */
    readonly from: 'feed' | 'constant' | 'run';
    readonly dtype?: DType;
    /** The type to cast to before it is fetched, where the runtime cannot hand out its own: exact. */
    readonly as?: DType;
}
/** Every value by its address: its name in the main graph, behind the owner's address in a body ('If->y/then_branch/conv1'). */
export declare function valuesByAddress(model: Model): Map<string, Value>;
/** Throws `runtime/unknown-value` for an address the model does not have, `runtime/not-observable` for a value that is no tensor. */
export declare function targetsOf(model: Model, names: readonly string[], shapes: Shapes): Target[];
/** Shapes with the symbols of the inputs bound to what one item feeds, as far as they agree. */
export declare function shapesFor(model: Model, dims: ReadonlyMap<string, readonly number[]>): Shapes;
/** Bytes of a value for these shapes; undefined when an extent or the type is unknown. */
export declare function bytesFor(target: Target, shapes: Shapes): number | undefined;
/** Targets in groups whose bytes stay under `maxBytes`; one that is larger still gets its turn alone; one of unknown size is taken for a small share of a group. */
export declare function groupsOf(targets: readonly Target[], shapes: Shapes, maxBytes: number): Target[][];
