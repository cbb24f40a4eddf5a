export type OrtData = Float32Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigInt64Array | BigUint64Array | string[];
/** The element types a constructor of onnxruntime-common takes. */
export type OrtType = 'float32' | 'float64' | 'float16' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'bool' | 'string' | 'int4' | 'uint4';
export interface OrtTensor {
    readonly type: string;
    readonly dims: readonly number[];
    /** Throws when the tensor is not on the CPU. */
    readonly data: OrtData;
    /** 'cpu', 'gpu-buffer', ... */
    readonly location: string;
    getData(releaseData?: boolean): Promise<OrtData>;
    dispose(): void;
}
export interface OrtValueMetadata {
    readonly name: string;
    readonly isTensor: boolean;
    /** Tensors only. */
    readonly type?: string;
    /** Tensors only; [] for a scalar and for an unknown rank alike. */
    readonly shape?: readonly (number | string)[];
}
/** Output names, or for each a tensor to write into, or null for a new one. */
export type OrtFetches = readonly string[] | Readonly<Record<string, OrtTensor | null>>;
export interface OrtSession {
    readonly inputMetadata: readonly OrtValueMetadata[];
    readonly outputMetadata: readonly OrtValueMetadata[];
    run(feeds: Readonly<Record<string, OrtTensor>>, fetches: OrtFetches, options?: object): Promise<Readonly<Record<string, OrtTensor>>>;
    release(): Promise<void>;
    endProfiling(): void;
}
export type ExecutionProvider = string | {
    readonly name: string;
};
/** The module: `import * as ort from 'onnxruntime-node'`, or `'onnxruntime-web'`, `'onnxruntime-web/wasm'`, `'onnxruntime-web/webgpu'`. */
export interface OrtModule {
    readonly InferenceSession: {
        create(path: string, options?: object): Promise<OrtSession>;
        create(bytes: Uint8Array, options?: object): Promise<OrtSession>;
    };
    readonly Tensor: {
        new (type: OrtType, data: OrtData, dims: readonly number[]): OrtTensor;
    };
    readonly env: {
        readonly versions: {
            readonly common: string;
            readonly node?: string;
            readonly web?: string;
        };
        readonly wasm: {
            numThreads?: number;
        };
        logLevel?: 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
    };
}
/** 'node' takes paths and writes trace files; 'web' runs WebAssembly, in a browser or in Node. */
export type OrtFlavor = 'node' | 'web';
export declare const flavorOf: (ort: OrtModule) => OrtFlavor;
export declare const versionOf: (ort: OrtModule) => string;
