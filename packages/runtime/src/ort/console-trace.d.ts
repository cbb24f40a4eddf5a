import type { OrtTracer } from './tracer';
/** A tracer for onnxruntime-web. Works when this package makes the module's first session, before any other code starts it. */
export declare function consoleTrace(): OrtTracer;
